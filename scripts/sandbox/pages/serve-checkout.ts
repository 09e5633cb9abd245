import type Stripe from 'stripe'
import { parseForm } from '#scripts/sandbox/api/form.ts'
import { awaitsDeposits } from '#scripts/sandbox/banking/microdeposits.ts'
import { shownMethods } from '#scripts/sandbox/checkout/choose-saved.ts'
import {
  answerChallenge,
  endingOf,
  type PayResult,
  successUrl,
} from '#scripts/sandbox/checkout/pay-session.ts'
import { intentOfSession } from '#scripts/sandbox/checkout/session-intent.ts'
import { type HttpReply, type HttpRequest, redirectReply } from '#scripts/sandbox/http/messages.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { challengePage } from '#scripts/sandbox/pages/challenge-page.ts'
import { firstStep, type View } from '#scripts/sandbox/pages/checkout-frame.ts'
import { endedPage } from '#scripts/sandbox/pages/checkout-page.ts'
import { CHECKOUT_STEPS, type Typed, typedFields } from '#scripts/sandbox/pages/checkout-steps.ts'
import { html } from '#scripts/sandbox/pages/html.ts'
import { messagePage } from '#scripts/sandbox/pages/layout.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type Session = Stripe.Checkout.Session

/** Answers the hosted pages of one session: a way to pay, or the bank's check (`3ds`). */
export function serveCheckout(
  sandbox: Sandbox,
  request: HttpRequest,
  sessionId: string,
  step: string,
): HttpReply {
  const session = sandbox.store.find('checkout.session', sessionId)
  if (!session || (step !== '3ds' && !CHECKOUT_STEPS[step])) {
    const advice = html`<p>Check the address, or go back and start again.</p>`
    return messagePage('No such payment page', advice, 404)
  }
  if (request.method === 'POST') return submitStep(sandbox, request, session, step)
  if (session.status !== 'open') return ended(sandbox, session)
  const intent = intentOfSession(sandbox, session)
  if (step === '3ds') {
    if (intent?.status !== 'requires_action') return redirectReply(addressOf(session, ''))
    const method = sandbox.store.get('payment_method', idOf(intent.payment_method))
    return challengePage(session, method.card?.last4 ?? '')
  }
  if (intent?.status === 'requires_action') return redirectReply(addressOf(session, '3ds'))
  const first = firstStep(session)
  if (step === '' && first !== '') return redirectReply(addressOf(session, first))
  const error = intent?.object === 'setup_intent' ? intent.last_setup_error : intent?.last_payment_error
  return (
    CHECKOUT_STEPS[step]?.show(sandbox, viewOf(sandbox, session, knownFields(session), error?.message)) ??
    ended(sandbox, session)
  )
}

function submitStep(sandbox: Sandbox, request: HttpRequest, session: Session, step: string): HttpReply {
  const typed = typedFields(parseForm(request.body))
  if (step === '3ds') {
    const result = answerChallenge(sandbox, session.id, typed.answer === 'complete')
    return replyTo(sandbox, result, () => redirectReply(addressOf(session, '')))
  }
  const page = CHECKOUT_STEPS[step]
  if (!page?.submit) return redirectReply(addressOf(session, step))
  const userAgent = request.headers['user-agent'] ?? null
  const result = page.submit(sandbox, session, typed, userAgent)
  return replyTo(sandbox, result, () => {
    const decline = result.outcome === 'declined' ? result.error.message : null
    const view = viewOf(sandbox, result.session, typed, decline)
    return page.show(sandbox, { ...view, errors: result.outcome === 'invalid' ? result.errors : [] })
  })
}

function replyTo(sandbox: Sandbox, result: PayResult, again: () => HttpReply): HttpReply {
  const { session, outcome } = result
  if (outcome === 'challenge') return redirectReply(addressOf(session, '3ds'))
  if (outcome === 'declined' || outcome === 'invalid')
    return session.status === 'open' ? again() : ended(sandbox, session)
  if (outcome !== 'closed') return redirectReply(successUrl(session))
  return session.status === 'open' ? redirectReply(addressOf(session, '')) : ended(sandbox, session)
}

function ended(sandbox: Sandbox, session: Session): HttpReply {
  const intent = intentOfSession(sandbox, session)
  const url = awaitsDeposits(intent) ? `/verify/${intent.id}` : null
  return endedPage(session, session.status === 'complete' ? endingOf(sandbox, session) : null, url)
}

function viewOf(sandbox: Sandbox, session: Session, typed: Typed, decline: string | null | undefined): View {
  return {
    session,
    lineItems: sandbox.store.secretsOf('checkout.session', session.id).lineItems,
    hasSavedMethods: shownMethods(sandbox, session).length > 0,
    typed,
    errors: [],
    decline: decline ?? null,
  }
}

function knownFields({ customer_details: details }: Session): Typed {
  return {
    email: details?.email ?? '',
    name: details?.name ?? '',
    postalCode: details?.address?.postal_code ?? '',
  }
}

function addressOf(session: Session, step: string): string {
  return `/c/pay/${session.id}${step === '' ? '' : `/${step}`}`
}
