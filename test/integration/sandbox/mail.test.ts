import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type SandboxProcess, startSandbox } from '#test/support/sandbox.ts'

type Listed = {
  id: number
  subject: string
  from: string
  text: string
  html: string
  recipients: string[]
  attachments: { filename: string; content_type: string; size: number; url: string }[]
}

let sandbox: SandboxProcess

beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(() => sandbox.stop())

function send(message: object): Promise<unknown> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: sandbox.smtpPort,
    secure: false,
    ignoreTLS: true,
  })
  return transport.sendMail({
    from: 'Supplier <ar@supplier.example>',
    to: 'ap@buyer.example',
    subject: 'Receipt',
    ...message,
  })
}

async function mailbox(to: string): Promise<Listed[]> {
  return (await sandbox.control<{ messages: Listed[] }>('GET', `mailbox?to=${encodeURIComponent(to)}`))
    .messages
}

test('a message with umlauts, long lines and a PDF arrives as it was sent', async () => {
  const pdf = Buffer.from([0x25, 0x50, 0x44, 0x46, 0x00, 0xff, 0x0d, 0x0a, 0x80])
  const text = `Dear Zoë,\n\n${'A line that is longer than a mail line may be. '.repeat(8)}\n\nhttp://localhost:3000/receipts/1`
  await send({
    to: 'Zoë <AP@buyer.example>',
    bcc: 'hidden@buyer.example',
    subject: 'Quittung für Rechnung № 1001 – vielen Dank, liebe Buchhaltung der Beispiel-Gesellschaft',
    text,
    html: '<p>Dear <b>Zoë</b></p>',
    attachments: [{ filename: 'Quittung für 1001.pdf', content: pdf, contentType: 'application/pdf' }],
  })
  const [mail] = await mailbox('ap@buyer.example')
  expect(mail).toMatchObject({
    subject: 'Quittung für Rechnung № 1001 – vielen Dank, liebe Buchhaltung der Beispiel-Gesellschaft',
    from: 'Supplier <ar@supplier.example>',
    recipients: ['AP@buyer.example', 'hidden@buyer.example'],
    attachments: [{ filename: 'Quittung für 1001.pdf', content_type: 'application/pdf', size: pdf.length }],
  })
  expect(mail?.text.trimEnd()).toBe(text)
  const download = await fetch(mail?.attachments[0]?.url.replace('localhost', '127.0.0.1') ?? '')
  expect(Buffer.from(await download.arrayBuffer())).toEqual(pdf)
  expect(download.headers.get('content-disposition')).toContain('attachment')
  expect(await mailbox('hidden@buyer.example')).toHaveLength(1)
  expect(await mailbox('nobody@buyer.example')).toEqual([])
})

test('the pages show the message, and its markup can do no harm', async () => {
  await send({
    subject: '<script>alert(1)</script>',
    text: 'Sign in: http://localhost:3000/sign-in?token=abc.',
    html: '<p onclick="x()">Hello<script>alert(1)</script><img src="http://tracker.example/x.gif"><a href="javascript:x()">a</a><a href="http://localhost:3000/b">b</a></p>',
  })
  const list = await (await fetch(`${sandbox.url}/mailbox`)).text()
  expect(list).toContain('&lt;script&gt;alert(1)')
  const page = await (await fetch(`${sandbox.url}/mailbox/1`)).text()
  expect(page).toContain('<a href="http://localhost:3000/sign-in?token=abc">')
  expect(page).toMatch(/<iframe [^>]*sandbox="allow-popups/)
  const frame = await fetch(`${sandbox.url}/mailbox/1/html`)
  expect(frame.headers.get('content-security-policy')).toContain("default-src 'none'")
  const markup = await frame.text()
  expect(markup).toContain('href="http://localhost:3000/b"')
  expect(markup).not.toMatch(/script|onclick|tracker|javascript/i)
})

test('mail can be refused on purpose, and is accepted again afterwards', async () => {
  await sandbox.control('POST', 'faults', { kind: 'smtp_refuse', count: 1 })
  await expect(send({ text: 'first' })).rejects.toMatchObject({ responseCode: 421 })
  await send({ text: 'second' })
  expect((await mailbox('ap@buyer.example')).map((mail) => mail.text.trim())).toEqual(['second'])
})

test('an accepted message survives a kill', async () => {
  await send({ text: 'keep me' })
  await sandbox.kill()
  sandbox = await startSandbox({ dataDir: sandbox.dataDir })
  expect((await mailbox('ap@buyer.example')).map((mail) => mail.text.trim())).toEqual(['keep me'])
})
