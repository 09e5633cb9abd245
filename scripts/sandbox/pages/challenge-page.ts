import type Stripe from 'stripe'
import { successUrl } from '#scripts/sandbox/checkout/pay-session.ts'
import type { HttpReply } from '#scripts/sandbox/http/messages.ts'
import { formatAmount } from '#scripts/sandbox/pages/amount.ts'
import { html, type Markup } from '#scripts/sandbox/pages/html.ts'
import { page } from '#scripts/sandbox/pages/layout.ts'

/** The bank's check: the customer confirms the payment or refuses. */
export function challengePage(session: Stripe.Checkout.Session, last4: string): HttpReply {
  const content = html`
<h1>Your bank asks: is this you?</h1>
<p>${purpose(session)} the card ending in ${last4}.</p>
<p class="soft">A real bank would send a code to your phone (3-D Secure). Here you choose how it ends.</p>
<form class="card" method="post" action="/c/pay/${session.id}/3ds">
<button type="submit" name="answer" value="complete">Complete</button>
<button type="submit" name="answer" value="fail" class="quiet">Fail</button>
</form>`
  return page('Bank check', content, { narrow: true, formTargets: [new URL(successUrl(session)).origin] })
}

function purpose(session: Stripe.Checkout.Session): Markup {
  if (session.mode !== 'payment') return html`Saving for later payments:`
  const amount = formatAmount(session.amount_total ?? 0, session.currency ?? 'usd')
  return html`Payment of <strong>${amount}</strong> with`
}
