import { bankAccountNames, testBankAccount } from '#scripts/sandbox/banking/test-accounts.ts'
import { takesInstantOnly } from '#scripts/sandbox/checkout/choose-bank.ts'
import type { HttpReply } from '#scripts/sandbox/http/messages.ts'
import { checkoutFrame, offersSaving, submitLabel, type View } from '#scripts/sandbox/pages/checkout-frame.ts'
import { choiceRows, fieldRow, tickRow } from '#scripts/sandbox/pages/fields.ts'
import { html, type Markup } from '#scripts/sandbox/pages/html.ts'
import { mandateText } from '#scripts/sandbox/pages/mandate-text.ts'
import { testBankList } from '#scripts/sandbox/pages/test-lists.ts'

/** Choice of the bank to log in at, or of typing the numbers. */
export function bankPickerPage(view: View, isDown: boolean): HttpReply {
  const base = `/c/pay/${view.session.id}/bank`
  const down = html`<div class="alert" role="alert"><h2>This bank cannot be reached</h2><p>Nothing was charged. Choose another bank, or try again later.</p></div>`
  const content = html`
${isDown ? down : null}
<h2>Choose your bank</h2>
<ul class="picker">
<li><a href="${base}/oauth">Test (OAuth)</a></li>
<li><a href="${base}/login">Test (Non-OAuth)</a></li>
<li><a href="${base}/down">Down bank</a></li>
${takesInstantOnly(view.session) ? null : html`<li><a href="${base}/manual">Enter account numbers instead</a></li>`}
</ul>`
  return checkoutFrame(view, 'bank', titleOf(view), content)
}

/** At the bank: choice of one account. Nobody is asked for a password, so that nobody types a real one. */
export function bankAccountPage(view: View, step: 'oauth' | 'login'): HttpReply {
  const choices = bankAccountNames().map((name) => {
    const { number, meaning } = testBankAccount(name)
    return {
      value: number,
      text: html`${meaning} <span class="soft">Checking ••••${number.slice(-4)}</span>`,
    }
  })
  const bank = step === 'oauth' ? 'Test (OAuth)' : 'Test (Non-OAuth)'
  const note =
    step === 'oauth'
      ? 'A real bank would show its own page here.'
      : 'A real bank would ask for your user name and password here. Do not type any: choose the account.'
  const content = html`
<h2>${bank}</h2><p class="soft">${note}</p>
${bankForm(view, step, choiceRows('account', 'Account', choices, view.typed.account ?? choices[0]?.value ?? null))}`
  return checkoutFrame(view, 'bank', titleOf(view), content)
}

/** Numbers typed by hand: verified by two small deposits before anything is debited. */
export function bankNumbersPage(view: View): HttpReply {
  const { errors } = view
  const numbers = html`
${fieldRow('routing', { label: 'Routing number', hint: 'Test routing number 110000000', numeric: true }, '', errors)}
${fieldRow('account', { label: 'Account number', hint: 'Test accounts only, for example 000123456789', numeric: true }, '', errors)}`
  const content = html`
<p class="soft">Two small deposits will come to the account in a business day. Nothing is debited before you told us their amounts.</p>
${bankForm(view, 'manual', numbers)}
${testBankList()}`
  return checkoutFrame(view, 'bank', titleOf(view), content)
}

function bankForm(view: View, step: string, account: Markup): Markup {
  const { session, typed, errors } = view
  const holder = choiceRows(
    'holderType',
    'Account of',
    [
      { value: 'company', text: 'A company' },
      { value: 'individual', text: 'A person' },
    ],
    typed.holderType ?? 'company',
  )
  return html`<form class="card" method="post" action="/c/pay/${session.id}/bank/${step}" novalidate>
${account}
${fieldRow('name', { label: 'Account holder' }, typed.name ?? '', errors)}
${fieldRow('email', { label: 'E-mail', type: 'email' }, typed.email ?? '', errors)}
${holder}
${offersSaving(session) ? tickRow('save', 'Save this account for later payments') : null}
${mandateText(session)}
<button type="submit" aria-describedby="mandate">Agree and ${submitLabel(session).toLowerCase()}</button>
</form>
<p><a class="back" href="/c/pay/${session.id}/bank">Choose another bank</a></p>`
}

function titleOf({ session }: View): string {
  return session.mode === 'payment' ? 'Pay by bank account' : 'Save a bank account'
}
