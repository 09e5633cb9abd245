import type Stripe from 'stripe'
import type { CardField, CardForm, FieldError } from '#scripts/sandbox/checkout/card-form.ts'
import { successUrl } from '#scripts/sandbox/checkout/pay-session.ts'
import { cardNames, testCard } from '#scripts/sandbox/checkout/test-cards.ts'
import type { HttpReply } from '#scripts/sandbox/http/messages.ts'
import { formatAmount } from '#scripts/sandbox/pages/amount.ts'
import { html, type Markup } from '#scripts/sandbox/pages/html.ts'
import { messagePage, page } from '#scripts/sandbox/pages/layout.ts'

type Session = Stripe.Checkout.Session
type View = {
  lineItems: readonly Stripe.LineItem[]
  /** What was typed before; the card's own fields always start empty. */
  typed: Pick<CardForm, 'email' | 'name' | 'postalCode'>
  errors: readonly FieldError[]
  /** Why the last attempt was refused. */
  decline: string | null
}
type FieldText = { label: string; hint?: string; half?: boolean; type?: string; numeric?: boolean }

const FIELDS: Record<CardField, FieldText> = {
  email: { label: 'E-mail', type: 'email' },
  number: { label: 'Card number', hint: 'Test cards only, for example 4242 4242 4242 4242', numeric: true },
  expiry: { label: 'Expiry (MM/YY)', half: true, numeric: true },
  cvc: { label: 'Security code', half: true, numeric: true },
  name: { label: 'Name on card' },
  postalCode: { label: 'ZIP or postal code' },
}

/** The page where an open session is paid. */
export function checkoutPage(session: Session, view: View): HttpReply {
  const amount = formatAmount(session.amount_total ?? 0, session.currency ?? 'usd')
  const hasTrouble = view.errors.length > 0 || view.decline !== null
  const content = html`
<h1>Pay by card</h1>
<p class="sum">${amount}</p>
${lineTable(view.lineItems)}
${hasTrouble ? troubleBox(view) : null}
<form class="card" method="post" action="/c/pay/${session.id}" novalidate>
${(Object.keys(FIELDS) as CardField[]).map((field) => fieldRow(field, view))}
<button type="submit">Pay ${amount}</button>
</form>
${session.cancel_url ? html`<p><a class="back" href="${session.cancel_url}">Cancel and go back</a></p>` : null}
${testCardList()}`
  const status = view.decline !== null ? 402 : view.errors.length > 0 ? 422 : 200
  const title = `${hasTrouble ? 'Not paid: ' : ''}Pay ${amount}`
  return page(title, content, { status, narrow: true, formTargets: [new URL(successUrl(session)).origin] })
}

/** What a session says that can no longer be paid. */
export function endedPage(session: Session): HttpReply {
  const amount = formatAmount(session.amount_total ?? 0, session.currency ?? 'usd')
  if (session.status === 'complete') {
    return messagePage(
      'This payment is done',
      html`<p>${amount} was paid. You were not charged again.</p><p><a class="back" href="${successUrl(session)}">Continue</a></p>`,
    )
  }
  return messagePage(
    'This page has expired',
    html`<p>The ${amount} were not charged. Go back to start again.</p>
${session.cancel_url ? html`<p><a class="back" href="${session.cancel_url}">Go back</a></p>` : null}`,
    410,
  )
}

function lineTable(items: readonly Stripe.LineItem[]): Markup {
  const rows = items.map(
    (
      item,
    ) => html`<tr><td>${item.description ?? ''}${(item.quantity ?? 1) > 1 ? html` <span class="soft">× ${item.quantity}</span>` : null}</td>
<td class="amount">${formatAmount(item.amount_total, item.currency)}</td></tr>`,
  )
  return html`<table><thead><tr><th scope="col">For</th><th scope="col" class="amount">Amount</th></tr></thead><tbody>${rows}</tbody></table>`
}

function troubleBox(view: View): Markup {
  const text = view.decline ?? 'Check the fields marked below.'
  return html`<div class="alert" role="alert"><h2>Nothing was charged</h2><p>${text}</p></div>`
}

function fieldRow(field: CardField, view: View): Markup {
  const { label, hint, half, type, numeric } = FIELDS[field]
  const error = view.errors.find((one) => one.field === field)
  const described = [hint ? `${field}-hint` : '', error ? `${field}-error` : ''].filter(Boolean).join(' ')
  const value = field === 'email' || field === 'name' || field === 'postalCode' ? view.typed[field] : ''
  // Browsers must not offer a real card here, hence no cc-* autocomplete.
  return html`<div class="field${half ? ' half' : ''}">
<label for="${field}">${label}</label>
<input id="${field}" name="${field}" type="${type ?? 'text'}" value="${value}" required autocomplete="${field === 'email' ? 'email' : 'off'}"${
    numeric ? html` inputmode="numeric"` : null
  }${described ? html` aria-describedby="${described}"` : null}${error ? html` aria-invalid="true"` : null}>
${hint ? html`<p class="soft" id="${field}-hint">${hint}</p>` : null}
${error ? html`<p class="wrong" id="${field}-error">${error.message}</p>` : null}
</div>`
}

/** The test cards as a foldable list, also for the index page. */
export function testCardList(): Markup {
  const rows = cardNames().map((name) => {
    const card = testCard(name)
    return html`<tr><td class="mono">${card.number.replaceAll(/(\d{4})(?=\d)/g, '$1 ')}</td><td>${card.meaning}</td></tr>`
  })
  return html`<details><summary>Test cards</summary>
<p class="soft">Any future expiry, any 3-digit security code (4 for 3782…), any postal code.</p>
<table><thead><tr><th scope="col">Number</th><th scope="col">What happens</th></tr></thead><tbody>${rows}</tbody></table></details>`
}
