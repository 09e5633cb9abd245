import type Stripe from 'stripe'
import { findBankAccountName, TEST_ROUTING_NUMBER } from '#scripts/sandbox/banking/test-accounts.ts'
import type { FieldError } from '#scripts/sandbox/checkout/card-form.ts'
import { clickedAcceptance, type Reader } from '#scripts/sandbox/checkout/choices.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { createBankMethod } from '#scripts/sandbox/methods/bank-methods.ts'

/** What was entered about a bank account: chosen at the bank after login, or its numbers typed. */
export type BankForm = {
  entry: 'instant' | 'manual'
  routing: string
  account: string
  email: string
  name: string
  holderType: 'company' | 'individual'
  saves: boolean
  userAgent: string | null
}

/** A bank account, with the click that lets it be debited. */
export function chooseBank(form: BankForm): Reader {
  return (sandbox, session) => {
    const errors = checkBankForm(form, session)
    const bank = findBankAccountName(form.account.replaceAll(/[\s-]/g, ''))
    if (errors.length > 0 || !bank) return { ok: false, errors }
    const payer = { email: form.email.trim(), name: form.name.trim().slice(0, 100), postalCode: null }
    const { holderType, saves } = form
    const method = createBankMethod(sandbox, bank, form.entry, {
      name: payer.name,
      email: payer.email,
      holderType,
      customer: idOf(session.customer),
    })
    const acceptance = clickedAcceptance(sandbox, form.userAgent)
    return { ok: true, choice: { method, payer, acceptance, saves } }
  }
}

function checkBankForm(form: BankForm, session: Stripe.Checkout.Session): FieldError[] {
  const errors: FieldError[] = []
  const add = (field: string, message: string, code: string | null = null) =>
    errors.push({ field, message, code })
  if (form.entry === 'manual' && takesInstantOnly(session))
    add('account', 'This payment takes accounts with instant verification only.', 'bank_account_unverified')
  if (form.routing.trim() !== TEST_ROUTING_NUMBER)
    add(
      'routing',
      `The sandbox knows the routing number ${TEST_ROUTING_NUMBER} only.`,
      'routing_number_invalid',
    )
  if (!findBankAccountName(form.account.replaceAll(/[\s-]/g, ''))) {
    const message = 'The sandbox takes test accounts only. Do not type a real one; choose one from the list.'
    add('account', message, 'account_number_invalid')
  }
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(form.email.trim()))
    add('email', 'Enter an e-mail address for the receipt, like name@example.com.')
  if (form.name.trim() === '') add('name', 'Enter the name of the account holder.')
  return errors
}

/** Whether a page refuses accounts that would have to be verified by small deposits. */
export function takesInstantOnly(session: Stripe.Checkout.Session): boolean {
  return session.payment_method_options?.us_bank_account?.verification_method === 'instant'
}
