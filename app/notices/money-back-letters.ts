/** Letters about money that goes back: what happened, what it means for the invoices, and what to do. */
import { formatMoney } from '#app/money/format.ts'
import type { Money } from '#app/money/money.ts'
import type { Letter } from '#app/notices/letter.ts'
import { type Sender, signatureOf } from '#app/notices/letters.ts'
import { returnRule } from '#app/payments/returns/return-codes.ts'

/** To whom a letter goes: the customer's people, or the supplier's own. */
export type Audience = 'payer' | 'staff'

export type Scene = {
  readonly sender: Sender
  readonly audience: Audience
  readonly customerName: string
  readonly paymentNumber: string
  readonly amount: Money
  readonly locale: string
  /** The page to look at. */
  readonly url: string
}

type Words = {
  readonly subject: string
  readonly lines: readonly string[]
  readonly label: string
  readonly after?: readonly string[]
}

function letterOf({ sender, audience, customerName, url }: Scene, words: Words): Letter {
  return {
    subject: words.subject,
    greeting: audience === 'payer' ? `Dear ${customerName},` : 'Hello,',
    lines: words.lines,
    table: null,
    action: { label: words.label, url },
    after: words.after ?? (audience === 'payer' ? ['If something is not right, answer this letter.'] : []),
    signature: signatureOf(sender),
  }
}

/** "Your refund is on its way", or that it did not arrive, or that it was declined. */
export function refundLetter(
  scene: Scene,
  what: 'made' | 'failed' | 'declined',
  note: string | null,
): Letter {
  const amount = formatMoney(scene.amount, scene.locale)
  const of = `payment ${scene.paymentNumber}`
  if (what === 'made')
    return letterOf(scene, {
      subject: `Refund of ${amount} from ${scene.sender.name}`,
      lines: [
        `We have refunded ${amount} of your ${of}, the way you paid it.`,
        'Your bank shows it within 5 to 10 days. What the refund takes from an invoice is open again there.',
      ],
      label: 'See the payment',
    })
  if (what === 'declined')
    return letterOf(scene, {
      subject: `Your request for ${amount} back`,
      lines: [
        `You asked for ${amount} of your ${of} back. We have not refunded it${note === null ? '.' : `: ${note}`}`,
        'The amount stays as credit on your account, and you can pay invoices with it.',
      ],
      label: 'See the payment',
    })
  if (scene.audience === 'staff')
    return letterOf(scene, {
      subject: `A refund of ${amount} did not arrive (${scene.customerName})`,
      lines: [
        `The refund of ${amount} of ${of} did not arrive. It is ${scene.customerName}’s payment again.`,
        'Ask the customer how to pay the money back, or leave it on the account.',
      ],
      label: 'See the payment',
    })
  return letterOf(scene, {
    subject: `Your refund of ${amount} did not arrive`,
    lines: [
      `The refund of ${amount} of your ${of} was not accepted by the bank or card that you paid with.`,
      'The money is still yours: it counts as paid again, or as credit on your account. We will ask you how to pay it back.',
    ],
    label: 'See the payment',
  })
}

/** That a payer's bank takes a payment back, and how that ended. */
export function chargebackLetter(
  scene: Scene,
  what: 'opened' | 'lost' | 'won',
  evidenceBy: string | null,
): Letter {
  const amount = formatMoney(scene.amount, scene.locale)
  const { customerName, paymentNumber } = scene
  if (scene.audience === 'staff') {
    const words = {
      opened: {
        subject: `Chargeback: ${amount} of ${customerName}${evidenceBy === null ? '' : `, answer by ${evidenceBy}`}`,
        lines: [
          `The bank of ${customerName} questions payment ${paymentNumber}: ${amount}.`,
          evidenceBy === null ? 'See what it asks.' : `Evidence is taken until ${evidenceBy}, once.`,
        ],
      },
      lost: {
        subject: `Chargeback lost: ${amount} of ${customerName}`,
        lines: [
          `The bank has taken ${amount} of payment ${paymentNumber} back for good.`,
          'The invoices that it paid are open again by that amount.',
        ],
      },
      won: {
        subject: `Chargeback won: ${amount} of ${customerName}`,
        lines: [`The bank has given back ${amount} of payment ${paymentNumber}.`, 'The invoices stay paid.'],
      },
    }[what]
    return letterOf(scene, { ...words, label: 'See the chargeback' })
  }
  const words = {
    opened: {
      subject: `Your bank takes back ${amount} of payment ${paymentNumber}`,
      lines: [
        `Your bank has taken back ${amount}, which you paid to ${scene.sender.name} by payment ${paymentNumber}.`,
        'Until it has decided, the invoices stay paid. If nobody at your company meant this, please tell your bank and us.',
      ],
    },
    lost: {
      subject: `Payment ${paymentNumber} was taken back: ${amount} is open again`,
      lines: [
        `Your bank has decided: ${amount} of payment ${paymentNumber} went back to you.`,
        'The invoices that it had paid are open again by that amount. Please pay them another way, or tell us what is wrong with them.',
      ],
    },
    won: {
      subject: `Payment ${paymentNumber} stands`,
      lines: [
        `Your bank has decided: ${amount} of payment ${paymentNumber} stays paid.`,
        'Nothing is open because of it.',
      ],
    },
  }[what]
  return letterOf(scene, { ...words, label: 'See the payment' })
}

/** That a bank debit came to nothing: why, what it means for the invoices and for the next debit. */
export function bankReturnLetter(scene: Scene, kind: 'failed' | 'returned', code: string | null): Letter {
  const amount = formatMoney(scene.amount, scene.locale)
  const rule = returnRule(code)
  const { customerName, paymentNumber } = scene
  const invoices =
    kind === 'failed'
      ? 'Nothing was debited, and the invoices are open as before.'
      : 'The invoices that it had paid are open again.'
  if (scene.audience === 'staff')
    return letterOf(scene, {
      subject: `Bank debit of ${customerName} came back: ${amount}`,
      lines: [
        `Payment ${paymentNumber} came back from the bank: ${rule.meaning}${code === null ? '' : ` (${code})`}.`,
        `${invoices} ${rule.staff}`,
      ],
      label: 'See the payment',
    })
  return letterOf(scene, {
    subject: `Your bank payment ${paymentNumber} of ${amount} came back`,
    lines: [`Your bank sent the payment of ${amount} back: ${rule.meaning}.`, invoices, rule.payer],
    label: 'See the payment',
  })
}
