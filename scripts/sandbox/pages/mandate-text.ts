import type Stripe from 'stripe'
import { amountOf } from '#scripts/sandbox/pages/checkout-frame.ts'
import { html, type Markup } from '#scripts/sandbox/pages/html.ts'

/** What the customer agrees to by the click below it: one debit, or this one and later ones. */
export function mandateText(session: Stripe.Checkout.Session): Markup {
  const scope =
    session.mode === 'payment'
      ? `debit the bank account named above for ${amountOf(session)}, and, if it is saved, for later amounts as agreed with the supplier`
      : 'debit the bank account named above for later amounts as agreed with the supplier, each on its due date'
  return html`<div class="mandate" id="mandate"><h2>Permission to debit</h2>
<p>By clicking below you let the supplier, through its payment provider, ${scope}, by ACH debit under the rules of Nacha.
You state that you may act for the holder of the account. You can withdraw this permission by telling the supplier;
debits on their way go on. If a debit comes back, you still owe the amount.</p></div>`
}
