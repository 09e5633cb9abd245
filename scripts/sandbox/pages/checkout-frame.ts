import type Stripe from 'stripe'
import type { FieldError } from '#scripts/sandbox/checkout/card-form.ts'
import { successUrl } from '#scripts/sandbox/checkout/pay-session.ts'
import type { HttpReply } from '#scripts/sandbox/http/messages.ts'
import { formatAmount } from '#scripts/sandbox/pages/amount.ts'
import { html, type Markup } from '#scripts/sandbox/pages/html.ts'
import { page } from '#scripts/sandbox/pages/layout.ts'

type Session = Stripe.Checkout.Session
/** What every page of one session shows. */
export type View = {
  session: Session
  lineItems: readonly Stripe.LineItem[]
  hasSavedMethods: boolean
  typed: Record<string, string>
  errors: readonly FieldError[]
  /** Why the last attempt was refused. */
  decline: string | null
}
type Way = { step: string; label: string; type: 'card' | 'link' | 'us_bank_account' | null }

const WAYS: readonly Way[] = [
  { step: '', label: 'Card', type: 'card' },
  { step: 'bank', label: 'Bank account', type: 'us_bank_account' },
  { step: 'wallet/apple_pay', label: 'Apple Pay', type: 'card' },
  { step: 'wallet/google_pay', label: 'Google Pay', type: 'card' },
  { step: 'link', label: 'Link', type: 'link' },
]

/** A page of an open session: what is due, the ways to pay, and the content of the chosen one. */
export function checkoutFrame(view: View, step: string, title: string, content: Markup): HttpReply {
  const { session, errors, decline } = view
  const hasTrouble = errors.length > 0 || decline !== null
  const body = html`
<h1>${title}</h1>
${session.mode === 'payment' ? html`<p class="sum">${amountOf(session)}</p>${lineTable(view.lineItems)}` : html`<p>Nothing is charged now. The supplier can charge it later, as agreed.</p>`}
${hasTrouble ? troubleBox(view) : null}
${wayList(view, step)}
${content}
${session.cancel_url ? html`<p><a class="back" href="${session.cancel_url}">Cancel and go back</a></p>` : null}`
  const status = decline !== null ? 402 : errors.length > 0 ? 422 : 200
  const purpose = session.mode === 'payment' ? `Pay ${amountOf(session)}` : 'Save a way to pay'
  return page(`${hasTrouble ? 'Not done: ' : ''}${purpose}`, body, {
    status,
    narrow: true,
    formTargets: [new URL(successUrl(session)).origin],
  })
}

/** What a session asks for, as text. */
export function amountOf(session: Session): string {
  return formatAmount(session.amount_total ?? 0, session.currency ?? 'usd')
}

/** What the button of a session's form says. */
export function submitLabel(session: Session): string {
  return session.mode === 'payment' ? `Pay ${amountOf(session)}` : 'Save'
}

/** Whether the page asks if the method shall be kept: the supplier allows it and does not keep it anyway. */
export function offersSaving(session: Session): boolean {
  const isWished = session.saved_payment_method_options?.payment_method_save === 'enabled'
  return isWished && session.mode === 'payment' && session.customer !== null
}

/** The first step of a session: its first way to pay. */
export function firstStep(session: Session): string {
  return waysOf(session)[0]?.step ?? ''
}

function waysOf(session: Session): Way[] {
  return WAYS.filter(({ type }) => type === null || session.payment_method_types.includes(type))
}

function wayList(view: View, step: string): Markup | null {
  const saved: Way = { step: 'saved', label: 'Saved', type: null }
  const ways = [...(view.hasSavedMethods ? [saved] : []), ...waysOf(view.session)]
  if (ways.length < 2) return null
  const links = ways.map((way) => {
    const isHere = way.step === step
    const href = `/c/pay/${view.session.id}${way.step === '' ? '' : `/${way.step}`}`
    return html`<li><a href="${href}"${isHere ? html` aria-current="page"` : null}>${way.label}</a></li>`
  })
  return html`<nav aria-label="Ways to pay"><ul class="ways">${links}</ul></nav>`
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

function troubleBox({ errors, decline }: View): Markup {
  const general = errors.find((one) => one.field === 'method')?.message
  const text = decline ?? general ?? 'Check the fields marked below.'
  return html`<div class="alert" role="alert"><h2>Nothing was charged</h2><p>${text}</p></div>`
}
