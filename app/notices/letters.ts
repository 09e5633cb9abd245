import { formatAmount, formatMoney } from '#app/money/format.ts'
import { isPositive } from '#app/money/money.ts'
import type { Letter } from '#app/notices/letter.ts'
import type { Receipt } from '#app/payments/receipts/receipt.ts'
import { formatBusinessDate } from '#app/platform/time.ts'

/** Who writes: as it stands below a letter. */
export type Sender = { readonly name: string; readonly email: string; readonly phone: string | null }

/** Name and ways to reach the sender, one a line. */
export function signatureOf(sender: Sender): string[] {
  return [sender.name, sender.email, ...(sender.phone === null ? [] : [sender.phone])]
}

/** "Your money arrived": amount, day and way of paying first, then what it paid. The PDF goes along. */
export function receiptLetter(
  receipt: Receipt,
  sender: Sender,
  links: { readonly payment: string; readonly check: string },
): Letter {
  const amount = formatMoney(receipt.received, receipt.locale)
  const day = formatBusinessDate(receipt.settledOn, receipt.locale)
  const { currency } = receipt.received
  const fee: readonly [string, string][] = isPositive(receipt.fee)
    ? [['Fee for paying by card', formatAmount(receipt.fee, receipt.locale)]]
    : []
  const unapplied: readonly [string, string][] = isPositive(receipt.unapplied)
    ? [['Kept as credit on your account', formatAmount(receipt.unapplied, receipt.locale)]]
    : []
  return {
    subject: `Receipt ${receipt.number}: ${amount} paid to ${sender.name}`,
    greeting: `Dear ${receipt.customer.name},`,
    lines: [
      `We received ${amount} on ${day}, paid ${receipt.method}. Thank you.`,
      `Your receipt ${receipt.number} is attached.`,
      `Whoever you show it to can check it, without asking us: ${links.check}`,
    ],
    table: {
      head: ['What it paid', `Amount, ${currency}`],
      rows: [
        ...receipt.items.map((item): [string, string] => [
          `Invoice ${item.invoiceNumber}`,
          formatAmount(item.amount, receipt.locale),
        ]),
        ...fee,
        ...unapplied,
      ],
      foot: ['Total', formatAmount(receipt.received, receipt.locale)],
    },
    action: { label: 'See this payment', url: links.payment },
    after: ['If something is not right, answer this letter.'],
    signature: signatureOf(sender),
  }
}

/** The letter with a sign-in link. It says what happens when nobody asked for it: nothing. */
export function magicLinkLetter(
  parameters: { readonly name: string; readonly link: string; readonly minutes: number },
  sender: Sender,
): Letter {
  return {
    subject: `Sign in to ${sender.name}`,
    greeting: `Hello ${parameters.name},`,
    lines: [
      `You asked for a link to sign in to your account with ${sender.name}.`,
      `It works once, within ${parameters.minutes} minutes.`,
      'If you did not ask for it, leave this letter alone: nothing will happen.',
    ],
    table: null,
    action: { label: 'Sign in', url: parameters.link },
    after: [],
    signature: signatureOf(sender),
  }
}
