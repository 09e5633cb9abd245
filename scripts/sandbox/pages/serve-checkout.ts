import { parseForm } from '#scripts/sandbox/api/form.ts'
import type { CardForm } from '#scripts/sandbox/checkout/card-form.ts'
import {
  answerChallenge,
  type PayResult,
  submitCard,
  successUrl,
} from '#scripts/sandbox/checkout/pay-session.ts'
import { type HttpReply, type HttpRequest, redirectReply } from '#scripts/sandbox/http/messages.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { challengePage } from '#scripts/sandbox/pages/challenge-page.ts'
import { checkoutPage, endedPage } from '#scripts/sandbox/pages/checkout-page.ts'
import { html } from '#scripts/sandbox/pages/html.ts'
import { messagePage } from '#scripts/sandbox/pages/layout.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** Answers the hosted pages of one session: the card form (`''`) and the bank's check (`'3ds'`). */
export function serveCheckout(
  sandbox: Sandbox,
  request: HttpRequest,
  sessionId: string,
  step: '' | '3ds',
): HttpReply {
  const session = sandbox.store.find('checkout.session', sessionId)
  if (!session)
    return messagePage(
      'No such payment page',
      html`<p>Check the address, or go back and start again.</p>`,
      404,
    )
  if (request.method === 'POST') {
    const form = parseForm(request.body)
    if (step === '3ds')
      return replyTo(sandbox, answerChallenge(sandbox, sessionId, form.answer === 'complete'), null)
    const typed = cardForm(form)
    return replyTo(sandbox, submitCard(sandbox, sessionId, typed), typed)
  }
  if (session.status !== 'open') return endedPage(session)
  const intent = sandbox.store.find('payment_intent', idOf(session.payment_intent))
  const isWaiting = intent?.status === 'requires_action'
  if (step === '3ds') {
    if (!isWaiting) return redirectReply(`/c/pay/${sessionId}`)
    const method = sandbox.store.get('payment_method', idOf(intent.payment_method))
    return challengePage(session, method.card?.last4 ?? '')
  }
  if (isWaiting) return redirectReply(`/c/pay/${sessionId}/3ds`)
  const details = session.customer_details
  return checkoutPage(session, {
    lineItems: sandbox.store.secretsOf('checkout.session', sessionId).lineItems,
    typed: {
      email: details?.email ?? '',
      name: details?.name ?? '',
      postalCode: details?.address?.postal_code ?? '',
    },
    errors: [],
    decline: intent?.last_payment_error?.message ?? null,
  })
}

function replyTo(sandbox: Sandbox, result: PayResult, typed: CardForm | null): HttpReply {
  const { session } = result
  if (result.outcome === 'paid') return redirectReply(successUrl(session))
  if (result.outcome === 'challenge') return redirectReply(`/c/pay/${session.id}/3ds`)
  if (session.status !== 'open') return endedPage(session)
  if (typed === null || result.outcome === 'closed') return redirectReply(`/c/pay/${session.id}`)
  return checkoutPage(session, {
    lineItems: sandbox.store.secretsOf('checkout.session', session.id).lineItems,
    typed,
    errors: result.outcome === 'invalid' ? result.errors : [],
    decline: result.outcome === 'declined' ? (result.error.message ?? null) : null,
  })
}

function cardForm(form: Record<string, unknown>): CardForm {
  const text = (name: string): string => (typeof form[name] === 'string' ? form[name] : '')
  return {
    email: text('email'),
    number: text('number'),
    expiry: text('expiry'),
    cvc: text('cvc'),
    name: text('name'),
    postalCode: text('postalCode'),
  }
}
