import { z } from 'zod'
import { encodeId } from '#app/books/ids.ts'
import type { Letter } from '#app/notices/letter.ts'
import { type Sender, signatureOf } from '#app/notices/letters.ts'
import { getSupplier, readingOf } from '#app/parties/supplier.server.ts'
import { db } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'
import { businessDateIn, formatBusinessDate, formatInstant } from '#app/platform/time.ts'

const linkParameters = z.object({
  linkId: z.uuid(),
  letter: z.enum(['ready', 'refused', 'attention', 'disconnecting', 'removed']),
})
type LinkLetter = z.infer<typeof linkParameters>['letter']
const mandateParameters = z.object({ mandateId: z.uuid() })

/** A letter about a linked bank account: what has happened to it, and the one thing to do. */
export async function composeBankLetter(parameters: unknown, sender: Sender): Promise<Letter> {
  const { linkId, letter } = linkParameters.parse(parameters)
  const link = await db.bankLink.findUniqueOrThrow({ where: { id: linkId }, include: { customer: true } })
  const supplier = await getSupplier()
  const account = `${link.institutionName ?? 'Your bank'}, ${link.accountName ?? 'account'}${link.accountMask === null ? '' : ` ending ${link.accountMask}`}`
  const end =
    link.disconnectAt === null
      ? 'soon'
      : `on ${formatBusinessDate(businessDateIn(supplier.timeZone, link.disconnectAt), supplier.locale)}`
  const { subject, lines, label, path } = wordsOf(letter, account, end)
  const base = `${env.web.origin}/c/${encodeId('cst', link.customerId)}/methods`
  return {
    subject,
    greeting: `Dear ${link.customer.name},`,
    lines,
    table: null,
    action: { label, url: path === 'link' ? `${base}/link/${encodeId('bkl', linkId)}` : `${base}${path}` },
    after: [],
    signature: signatureOf(sender),
  }
}

type Words = {
  readonly subject: string
  readonly lines: readonly string[]
  readonly label: string
  /** The page to go to: the link's own, or one below the ways to pay. */
  readonly path: 'link' | '' | '/add'
}

function wordsOf(letter: LinkLetter, account: string, end: string): Words {
  switch (letter) {
    case 'ready':
      return {
        subject: 'Your bank account can be used now',
        lines: [`${account} is confirmed.`, 'Read what you agree to, and it is saved as a way to pay.'],
        label: 'Finish adding it',
        path: 'link',
      }
    case 'refused':
      return {
        subject: 'Your bank account could not be confirmed',
        lines: [
          `We could not confirm that ${account} is your company’s, so it is not used.`,
          'Answer this letter if you think that it is, or add another account.',
        ],
        label: 'Add a way to pay',
        path: '/add',
      }
    case 'attention':
      return {
        subject: 'Your bank asks you to sign in again',
        lines: [
          `${account} asks for a new sign-in before it tells us its balance again.`,
          'Payments from it go on meanwhile. It takes a minute to repair.',
        ],
        label: 'Repair the link',
        path: 'link',
      }
    case 'disconnecting':
      return {
        subject: 'Your bank will end its link to us',
        lines: [
          `${account} ends its link to us ${end}.`,
          'Sign in to the bank once before then, and everything stays as it is.',
        ],
        label: 'Renew the link',
        path: 'link',
      }
    case 'removed':
      return {
        subject: 'Your bank account is not linked any more',
        lines: [
          `The consent for ${account} was withdrawn at the bank, so we do not debit it any more.`,
          'Autopay that used it rests. Link the account again, or choose another way to pay.',
        ],
        label: 'See your ways to pay',
        path: '',
      }
  }
}

/** A copy of a mandate: its very words, who agreed, when and where. */
export async function composeMandateCopy(parameters: unknown, sender: Sender): Promise<Letter> {
  const { mandateId } = mandateParameters.parse(parameters)
  const mandate = await db.mandate.findUniqueOrThrow({
    where: { id: mandateId },
    include: { customer: true },
  })
  if (mandate.text === null) throw new Error(`Mandate ${mandateId} has no text of ours`)
  const person =
    mandate.acceptedBy === null ? null : await db.person.findUnique({ where: { id: mandate.acceptedBy } })
  const supplier = await getSupplier()
  const { locale, timeZone } = readingOf(supplier, mandate.acceptedAt)
  return {
    subject: `Your agreement to bank debits by ${sender.name}`,
    greeting: `Dear ${mandate.customer.name},`,
    lines: [
      `${person?.name ?? 'Somebody of your company'} agreed to this on ${formatInstant(mandate.acceptedAt, timeZone, locale)}, at the address ${mandate.ipAddress ?? 'unknown'}.`,
      'Keep this letter. If it is news to you, answer it at once.',
    ],
    table: null,
    action: {
      label: 'See your ways to pay',
      url: `${env.web.origin}/c/${encodeId('cst', mandate.customerId)}/methods`,
    },
    after: [
      ...mandate.text.split('\n\n'),
      `Text ${mandate.textVersion}, SHA-256 ${mandate.textHash ?? 'unknown'}`,
    ],
    signature: signatureOf(sender),
  }
}
