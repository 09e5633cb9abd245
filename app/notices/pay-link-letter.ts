import type { Letter } from '#app/notices/letter.ts'
import type { Sender } from '#app/notices/letters.ts'

export type PayLinkFacts = {
  readonly customer: string
  /** Null for everything that is open. */
  readonly invoiceNumber: string | null
  /** What is open, one line for each invoice: number with due date, and amount. */
  readonly rows: readonly (readonly [string, string])[]
  /** Sum of the rows; several when there are several currencies. */
  readonly total: string
  readonly lastDay: string
  readonly link: string
}

/** The letter with a pay link: what is due first, then the one thing to do. */
export function payLinkLetter(facts: PayLinkFacts, sender: Sender): Letter {
  const what = facts.invoiceNumber === null ? 'Your open invoices' : `Invoice ${facts.invoiceNumber}`
  return {
    subject: `${what} from ${sender.name}`,
    greeting: `Dear ${facts.customer},`,
    lines: [
      `${what} can be seen and paid with the button below, without signing in.`,
      `Whoever has the link can use it until ${facts.lastDay}; pass it on only to whoever pays for you.`,
    ],
    table:
      facts.rows.length === 0
        ? null
        : { head: ['What is open', 'Amount'], rows: facts.rows, foot: ['Total', facts.total] },
    action: {
      label: facts.invoiceNumber === null ? 'See and pay' : 'See and pay this invoice',
      url: facts.link,
    },
    after: ['If something is not right, answer this letter.'],
    signature: [sender.name, sender.email, ...(sender.phone === null ? [] : [sender.phone])],
  }
}
