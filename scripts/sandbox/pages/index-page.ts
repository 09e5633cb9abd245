import { FAULT_KINDS } from '#scripts/sandbox/faults.ts'
import type { HttpReply } from '#scripts/sandbox/http/messages.ts'
import { formatAmount } from '#scripts/sandbox/pages/amount.ts'
import { html, type Markup } from '#scripts/sandbox/pages/html.ts'
import { page } from '#scripts/sandbox/pages/layout.ts'
import { testBankList, testCardList } from '#scripts/sandbox/pages/test-lists.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

const RECENT = 15

/** The sandbox's front page: what it is, what happened last, and its switches. */
export function indexPage(sandbox: Sandbox): HttpReply {
  const content = html`
<h1>Payment sandbox</h1>
<p>It stands in for the card processor, the bank link service and the mail server on this machine: it speaks the Stripe API and the bank
link part of the Plaid API, shows the hosted pages, sends signed webhooks, and keeps the portal's mail. No money moves and nothing leaves this machine.</p>
<ul>
<li><a href="/mailbox">Mailbox</a></li>
${sandbox.config.appOrigin ? html`<li><a href="${sandbox.config.appOrigin}">The portal</a></li>` : null}
<li><a href="/_sandbox/state">State of all payments (JSON)</a></li>
<li><a href="/_sandbox/plaid/state">State of all bank links (JSON)</a></li>
</ul>
${sessionTable(sandbox)}
${eventTable(sandbox)}
${clockForm(sandbox)}
${faultForms(sandbox)}
${testCardList()}
${testBankList()}`
  return page('Payment sandbox', content)
}

function sessionTable(sandbox: Sandbox): Markup {
  const sessions = sandbox.store.all('checkout.session').slice(-RECENT).reverse()
  if (sessions.length === 0) return html`<h2>Payment pages</h2><p>None yet.</p>`
  const rows = sessions.map((session) => {
    const amount =
      session.amount_total === null
        ? 'saves only'
        : formatAmount(session.amount_total, session.currency ?? 'usd')
    const state =
      session.status === 'open' ? html`<a href="/c/pay/${session.id}">open</a>` : (session.status ?? '')
    return html`<tr><td class="mono">…${session.id.slice(-10)}</td><td class="amount">${amount}</td><td>${state}, ${session.payment_status}</td></tr>`
  })
  return html`<h2>Payment pages</h2><table><thead><tr><th scope="col">Session</th><th scope="col" class="amount">Amount</th><th scope="col">State</th></tr></thead><tbody>${rows}</tbody></table>`
}

function eventTable(sandbox: Sandbox): Markup {
  const events = sandbox.store.rows('SELECT id, type FROM event ORDER BY seq DESC LIMIT ?', RECENT)
  if (events.length === 0) return html`<h2>Events</h2><p>None yet.</p>`
  const rows = events.map((event) => {
    const sql = 'SELECT state, attempts, answer FROM delivery WHERE event_id = ?'
    const deliveries = sandbox.store.rows(sql, event.id ?? null)
    const fate = deliveries
      .map((one) => `${one.state} after ${one.attempts} (${one.answer ?? 'no answer yet'})`)
      .join(', ')
    return html`<tr><td>${String(event.type)}</td><td class="soft">${fate || 'nobody listens'}</td>
<td><form method="post" action="/_sandbox/events/${String(event.id)}/resend"><button class="quiet" aria-label="Send again: ${String(event.type)}">Send again</button></form></td></tr>`
  })
  return html`<h2>Events</h2><table><thead><tr><th scope="col">Type</th><th scope="col">Delivery</th><th scope="col">Again</th></tr></thead><tbody>${rows}</tbody></table>`
}

function clockForm(sandbox: Sandbox): Markup {
  return html`<h2>Clock</h2>
<p>${new Date(sandbox.clock.now() * 1000).toUTCString()}, ${sandbox.clock.offset()} seconds ahead of real time.</p>
<form class="row" method="post" action="/_sandbox/clock/advance">
<div><label for="seconds">Seconds to move forward</label><input id="seconds" name="seconds" type="number" min="0" value="3600" required></div>
<button type="submit" class="quiet">Move</button></form>
<form class="row" method="post" action="/_sandbox/clock/advance">
<div><label for="businessDays">Business days to let pass</label><input id="businessDays" name="businessDays" type="number" min="1" value="4" required></div>
<button type="submit" class="quiet">Let pass</button></form>
<form class="row" method="post" action="/_sandbox/payouts/run"><button type="submit" class="quiet">Pay out what is available</button></form>`
}

function faultForms(sandbox: Sandbox): Markup {
  const active = sandbox.faults.list().map((fault) => {
    const place = [fault.kind === 'status' ? fault.status : null, fault.method, fault.path, fault.type]
      .filter(Boolean)
      .join(' ')
    return html`<li>${fault.kind} ${place}, ${fault.stage} execution, ${fault.remaining} left</li>`
  })
  return html`<h2>Faults</h2>
${active.length === 0 ? html`<p>None planned.</p>` : html`<ul>${active}</ul><form method="post" action="/_sandbox/faults/clear"><button type="submit" class="quiet">Clear all faults</button></form>`}
<form class="row" method="post" action="/_sandbox/faults">
<div><label for="kind">Fault</label><select id="kind" name="kind">${FAULT_KINDS.map((kind) => html`<option>${kind}</option>`)}</select></div>
<div><label for="status">Status</label><select id="status" name="status"><option>500</option><option>429</option><option>409</option><option>503</option><option>421</option></select></div>
<div><label for="path">API path starts with</label><input id="path" name="path" value="/v1/checkout/sessions"></div>
<div><label for="stage">When</label><select id="stage" name="stage"><option value="after">after execution</option><option value="before">before execution</option></select></div>
<div><label for="count">How often</label><input id="count" name="count" type="number" min="1" value="1" required></div>
<div><label for="delay_ms">Delay (ms)</label><input id="delay_ms" name="delay_ms" type="number" min="0" value="3000" required></div>
<button type="submit" class="quiet">Plan fault</button></form>
<form class="row" method="post" action="/_sandbox/faults"><input type="hidden" name="kind" value="smtp_refuse"><input type="hidden" name="count" value="1000000"><button type="submit" class="quiet">Refuse all mail until cleared</button></form>`
}
