import { SMTPServer } from 'smtp-server'
import { storeMail } from '#scripts/sandbox/mail/mailbox.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

const MAX_MESSAGE_BYTES = 20_000_000

/** A mail server that accepts everything and sends nothing on: messages end in the mailbox page. */
export function createMailServer(sandbox: Sandbox): SMTPServer {
  return new SMTPServer({
    name: 'localhost',
    banner: 'local sandbox, delivers to its mailbox page only',
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    size: MAX_MESSAGE_BYTES,
    onMailFrom(_address, _session, callback) {
      const fault = sandbox.faults.take(['smtp_refuse'], () => true)
      callback(fault ? smtpError(fault.status, 'Refused by a planned fault of the sandbox') : null)
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (stream.sizeExceeded) return callback(smtpError(552, 'Message too large'))
        const { mailFrom, rcptTo } = session.envelope
        try {
          storeMail(
            sandbox,
            mailFrom ? mailFrom.address : '',
            rcptTo.map((one) => one.address),
            Buffer.concat(chunks),
          )
          callback(null)
        } catch (error) {
          console.error('sandbox: mail was not stored', error)
          callback(smtpError(451, 'The message could not be stored'))
        }
      })
    },
  })
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}
