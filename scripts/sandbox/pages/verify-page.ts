import { parseForm } from '#scripts/sandbox/api/form.ts'
import {
  awaitsDeposits,
  findVerifiedIntent,
  type VerifiedIntent,
} from '#scripts/sandbox/banking/microdeposits.ts'
import { verifyDeposits } from '#scripts/sandbox/banking/verify-microdeposits.ts'
import { type HttpReply, type HttpRequest, redirectReply } from '#scripts/sandbox/http/messages.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { typedFields } from '#scripts/sandbox/pages/checkout-steps.ts'
import { html } from '#scripts/sandbox/pages/html.ts'
import { messagePage, page } from '#scripts/sandbox/pages/layout.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** Answers the page where a customer tells which small deposits came to the bank account. */
export function serveVerification(sandbox: Sandbox, request: HttpRequest, id: string): HttpReply {
  const intent = findVerifiedIntent(sandbox, id)
  if (!intent) return messagePage('No such verification', html`<p>Check the address.</p>`, 404)
  if (!awaitsDeposits(intent)) return endedPage(intent)
  if (request.method !== 'POST') return verifyPage(sandbox, intent, null)
  const typed = typedFields(parseForm(request.body))
  const code = (typed.code ?? '').trim()
  const amounts = [Number(typed.first), Number(typed.second)]
  const answer = code === '' ? { amounts } : { code }
  const result = sandbox.store.transaction(() => verifyDeposits(sandbox, intent, answer))
  const now = findVerifiedIntent(sandbox, id) ?? intent
  if (result.ok || !awaitsDeposits(now)) return redirectReply(`/verify/${id}`)
  return verifyPage(sandbox, now, result.refusal.message)
}

function verifyPage(sandbox: Sandbox, intent: VerifiedIntent, trouble: string | null): HttpReply {
  const method = sandbox.store.get('payment_method', idOf(intent.payment_method))
  const content = html`
<h1>Verify your bank account</h1>
<p>Two small deposits came to the account ending in ${method.us_bank_account?.last4 ?? ''}. Look at its statement and enter
either the two amounts in cents or the code in their description.</p>
${trouble ? html`<div class="alert" role="alert"><h2>Not verified</h2><p>${trouble}</p></div>` : null}
<form class="card" method="post" action="/verify/${intent.id}">
<div class="field half"><label for="first">First amount (cents)</label><input id="first" name="first" inputmode="numeric" autocomplete="off"></div>
<div class="field half"><label for="second">Second amount (cents)</label><input id="second" name="second" inputmode="numeric" autocomplete="off"></div>
<div class="field"><label for="code">Or the code</label><input id="code" name="code" autocomplete="off" aria-describedby="code-hint"><p class="soft" id="code-hint">Six characters that start with SM.</p></div>
<button type="submit">Verify</button>
</form>
<details><summary>Test values</summary><p class="soft">32 and 45 or SM11AA verify; 10 and 11 or SM33CC are too many attempts; 40 and 41 or SM44DD are too late.</p></details>`
  return page('Verify your bank account', content, { status: trouble ? 422 : 200, narrow: true })
}

function endedPage(intent: VerifiedIntent): HttpReply {
  const hasFailed = intent.status === 'requires_payment_method' || intent.status === 'canceled'
  if (!hasFailed)
    return messagePage(
      'The bank account is verified',
      html`<p>There is nothing more to do. You can close this page.</p>`,
    )
  const error = intent.object === 'setup_intent' ? intent.last_setup_error : intent.last_payment_error
  const text = error?.message ?? 'The verification has ended.'
  return messagePage(
    'The bank account was not verified',
    html`<p>${text} Nothing was debited. Go back to the invoice and choose another way to pay.</p>`,
  )
}
