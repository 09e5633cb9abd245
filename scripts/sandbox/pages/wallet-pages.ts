import type Stripe from 'stripe'
import { cardNames, testCard } from '#scripts/sandbox/checkout/test-cards.ts'
import type { HttpReply } from '#scripts/sandbox/http/messages.ts'
import { checkoutFrame, submitLabel, type View } from '#scripts/sandbox/pages/checkout-frame.ts'
import { choiceRows, fieldRow } from '#scripts/sandbox/pages/fields.ts'
import { html, type Markup } from '#scripts/sandbox/pages/html.ts'
import { mandateText } from '#scripts/sandbox/pages/mandate-text.ts'

/** The wallet of a phone, with one of the test cards in it. */
export function walletPage(view: View, wallet: 'apple_pay' | 'google_pay'): HttpReply {
  const { session } = view
  const name = wallet === 'apple_pay' ? 'Apple Pay' : 'Google Pay'
  const content = html`
<form class="card" method="post" action="/c/pay/${session.id}/wallet/${wallet}">
<div class="field"><label for="card">Card in the wallet</label><select id="card" name="card">${cardOptions()}</select></div>
<button type="submit">${submitLabel(session)} with ${name}</button>
</form>`
  return checkoutFrame(view, `wallet/${wallet}`, name, content)
}

/** Link: the e-mail address stands for a saved method. */
export function linkPage(view: View): HttpReply {
  const { session, typed, errors } = view
  const content = html`
<form class="card" method="post" action="/c/pay/${session.id}/link" novalidate>
${fieldRow('email', { label: 'E-mail of your Link account', type: 'email' }, typed.email ?? '', errors)}
<button type="submit">${submitLabel(session)} with Link</button>
</form>`
  return checkoutFrame(view, 'link', 'Link', content)
}

/** The methods that the customer saved before. */
export function savedPage(view: View, methods: readonly Stripe.PaymentMethod[]): HttpReply {
  const { session } = view
  const choices = methods.map((one) => ({ value: one.id, text: nameOf(one) }))
  const needsMandate = methods.some((one) => one.type === 'us_bank_account')
  const content = html`
<form class="card" method="post" action="/c/pay/${session.id}/saved">
${choiceRows('method', 'Saved ways to pay', choices, choices[0]?.value ?? null)}
${needsMandate ? mandateText(session) : null}
<button type="submit">${needsMandate ? 'Agree and pay' : submitLabel(session)}</button>
</form>`
  return checkoutFrame(view, 'saved', 'Pay with a saved method', content)
}

/** A saved method in a few words. */
function nameOf(method: Stripe.PaymentMethod): string {
  if (method.us_bank_account) return `${method.us_bank_account.bank_name} ••••${method.us_bank_account.last4}`
  if (method.card) return `${method.card.brand} ••••${method.card.last4}`
  return `Link ${method.link?.email ?? ''}`
}

function cardOptions(): Markup[] {
  return cardNames().map((name) => {
    const { number, meaning } = testCard(name)
    return html`<option value="${number}">••••${number.slice(-4)} ${meaning}</option>`
  })
}
