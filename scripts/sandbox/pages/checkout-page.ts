import type Stripe from 'stripe'
import type { CardField } from '#scripts/sandbox/checkout/card-form.ts'
import { type Ending, successUrl } from '#scripts/sandbox/checkout/pay-session.ts'
import type { HttpReply } from '#scripts/sandbox/http/messages.ts'
import {
  amountOf,
  checkoutFrame,
  offersSaving,
  submitLabel,
  type View,
} from '#scripts/sandbox/pages/checkout-frame.ts'
import { type FieldText, fieldRow, tickRow } from '#scripts/sandbox/pages/fields.ts'
import { html } from '#scripts/sandbox/pages/html.ts'
import { messagePage } from '#scripts/sandbox/pages/layout.ts'
import { testCardList } from '#scripts/sandbox/pages/test-lists.ts'

const FIELDS: Record<CardField, FieldText> = {
  email: { label: 'E-mail', type: 'email' },
  number: { label: 'Card number', hint: 'Test cards only, for example 4242 4242 4242 4242', numeric: true },
  expiry: { label: 'Expiry (MM/YY)', half: true, numeric: true },
  cvc: { label: 'Security code', half: true, numeric: true },
  name: { label: 'Name on card' },
  postalCode: { label: 'ZIP or postal code' },
}
/** What was typed before is shown again; the card's own fields always start empty. */
const KEPT: readonly string[] = ['email', 'name', 'postalCode']
const ENDINGS: Record<Ending, { title: string; text: (amount: string) => string }> = {
  paid: {
    title: 'This payment is done',
    text: (amount) => `${amount} was paid. You were not charged again.`,
  },
  processing: {
    title: 'This payment is on its way',
    text: (amount) => `The debit of ${amount} was sent to your bank. You were not charged again.`,
  },
  verification: {
    title: 'Your bank account must be verified',
    text: () => 'Two small deposits are on their way to it. Tell us what came, and the rest goes by itself.',
  },
  saved: { title: 'Your way to pay is saved', text: () => 'Nothing was charged.' },
}

/** The page where an open session is paid by card, or a card is saved. */
export function cardPage(view: View): HttpReply {
  const { session, typed, errors } = view
  const fields = (Object.keys(FIELDS) as CardField[]).map((field) =>
    fieldRow(field, FIELDS[field], KEPT.includes(field) ? (typed[field] ?? '') : '', errors),
  )
  const content = html`
<form class="card" method="post" action="/c/pay/${session.id}" novalidate>
${fields}
${offersSaving(session) ? tickRow('save', 'Save this card for later payments') : null}
<button type="submit">${submitLabel(session)}</button>
</form>
${testCardList()}`
  return checkoutFrame(view, '', session.mode === 'payment' ? 'Pay by card' : 'Save a card', content)
}

/** What a session says that can no longer be paid. */
export function endedPage(
  session: Stripe.Checkout.Session,
  ending: Ending | null,
  verificationUrl: string | null,
): HttpReply {
  if (session.status === 'complete' && ending) {
    const { title, text } = ENDINGS[ending]
    return messagePage(
      title,
      html`<p>${text(amountOf(session))}</p>
${verificationUrl ? html`<p><a class="back" href="${verificationUrl}">Verify the bank account</a></p>` : null}
<p><a class="back" href="${successUrl(session)}">Continue</a></p>`,
    )
  }
  const nothing =
    session.mode === 'payment' ? `The ${amountOf(session)} were not charged.` : 'Nothing was saved.'
  return messagePage(
    'This page has expired',
    html`<p>${nothing} Go back to start again.</p>
${session.cancel_url ? html`<p><a class="back" href="${session.cancel_url}">Go back</a></p>` : null}`,
    410,
  )
}
