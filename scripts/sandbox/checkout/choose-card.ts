import { type CardForm, checkCardForm } from '#scripts/sandbox/checkout/card-form.ts'
import { type Reader, wrongField } from '#scripts/sandbox/checkout/choices.ts'
import { findCardName } from '#scripts/sandbox/checkout/test-cards.ts'
import { createCardMethod } from '#scripts/sandbox/methods/card-methods.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** A wallet pays with a number of the device, of which these are the last digits. */
const DEVICE_LAST4 = '7391'
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** A card that was typed. */
export function chooseCard(form: CardForm, saves: boolean): Reader {
  return (sandbox) => {
    const check = checkCardForm(form, sandbox.clock.now())
    if (!check.ok) return check
    const { email, name, postalCode } = check.entry
    const method = createCardMethod(sandbox, check.entry)
    return { ok: true, choice: { method, payer: { email, name, postalCode }, acceptance: null, saves } }
  }
}

/** A card from the wallet of a phone: the number that pays is not the card's own. */
export function chooseWallet(type: 'apple_pay' | 'google_pay', number: string): Reader {
  return (sandbox) => {
    const plain = walletCard(sandbox, number, 'wallet@example.com')
    if (!plain?.card) return wrongField('card', 'Choose one of the test cards.')
    const own = type === 'apple_pay' ? { apple_pay: {} } : { google_pay: {} }
    const method = {
      ...plain,
      card: { ...plain.card, wallet: { dynamic_last4: DEVICE_LAST4, type, ...own } },
    }
    sandbox.store.update(method)
    const { email, name } = plain.billing_details
    return {
      ok: true,
      choice: { method, payer: { email, name, postalCode: '10001' }, acceptance: null, saves: false },
    }
  }
}

/** Link: the customer is known to the provider by the e-mail address. */
export function chooseLink(email: string, number = '4242424242424242'): Reader {
  return (sandbox) => {
    if (!EMAIL.test(email.trim()))
      return wrongField('email', 'Enter the e-mail address of your Link account, like name@example.com.')
    const plain = walletCard(sandbox, number, email.trim())
    if (!plain) return wrongField('card', 'Choose one of the test cards.')
    const { card: _hidden, ...rest } = plain
    const method = { ...rest, link: { email: email.trim() }, type: 'link' as const }
    sandbox.store.update(method)
    const payer = { email: email.trim(), name: plain.billing_details.name, postalCode: null }
    return { ok: true, choice: { method, payer, acceptance: null, saves: false } }
  }
}

function walletCard(sandbox: Sandbox, number: string, email: string) {
  const card = findCardName(number.replaceAll(/\s/g, ''))
  if (!card) return null
  const expiryYear = new Date(sandbox.clock.now() * 1000).getUTCFullYear() + 4
  return createCardMethod(sandbox, {
    card,
    expiryMonth: 12,
    expiryYear,
    email,
    name: 'Test Payer',
    postalCode: '10001',
  })
}
