import type Stripe from 'stripe'
import { invalidRequest } from '#scripts/sandbox/api/api-error.ts'
import { findBankAccountNameByToken } from '#scripts/sandbox/banking/test-accounts.ts'
import { findCardNameByToken } from '#scripts/sandbox/checkout/test-cards.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { createBankMethod } from '#scripts/sandbox/methods/bank-methods.ts'
import { rememberOfMethod, secretsOfMethod } from '#scripts/sandbox/methods/behind-method.ts'
import { createCardMethod } from '#scripts/sandbox/methods/card-methods.ts'
import { endMandates } from '#scripts/sandbox/methods/mandates.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Method = Stripe.PaymentMethod

/** A payment method named in a request: one that is stored, or a fresh one for a test token; null for neither. */
export function findMethod(sandbox: Sandbox, idOrToken: string): Method | null {
  const stored = sandbox.store.find('payment_method', idOrToken)
  if (stored) return stored
  const bank = findBankAccountNameByToken(idOrToken)
  if (bank) {
    const holder = { name: 'Test Holder', email: null, holderType: 'company' as const, customer: null }
    return createBankMethod(sandbox, bank, 'token', holder)
  }
  const card = findCardNameByToken(idOrToken)
  if (!card) return null
  const expiryYear = new Date(sandbox.clock.now() * 1000).getUTCFullYear() + 4
  const method = createCardMethod(sandbox, {
    card,
    expiryMonth: 12,
    expiryYear,
    email: '',
    name: '',
    postalCode: '',
  })
  const bare = {
    ...method,
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
  }
  sandbox.store.update(bare)
  return bare
}

/** @throws ApiError when a method belongs to another customer, or was detached */
export function refuseForeignMethod(sandbox: Sandbox, method: Method, customerId: string | null): void {
  if (secretsOfMethod(sandbox, method).isDetached) {
    throw invalidRequest(
      'The provided PaymentMethod was detached from its customer. It may not be used again.',
      'payment_method',
      'payment_method_unexpected_state',
    )
  }
  const owner = idOf(method.customer)
  if (owner === null || owner === customerId) return
  throw invalidRequest(
    `The PaymentMethod ${method.id} belongs to a customer. Please include that customer in the \`customer\` parameter.`,
    'payment_method',
  )
}

/** Saves a method to a customer for later use; one that belongs to a customer already stays as it is. */
export function attachMethod(sandbox: Sandbox, method: Method, customerId: string): Method {
  const present = sandbox.store.get('payment_method', method.id)
  if (present.customer !== null) return present
  const attached = { ...present, customer: customerId }
  sandbox.store.update(attached)
  emit(sandbox, 'payment_method.attached', attached)
  return attached
}

/** Saves a method for payments without the customer. */
export function saveMethod(sandbox: Sandbox, method: Method, customerId: string | null): void {
  rememberOfMethod(sandbox, method, { isSetUp: true })
  if (customerId !== null) attachMethod(sandbox, method, customerId)
}

/** Saves the method of a payment that asked for it. */
export function saveAfterUse(sandbox: Sandbox, method: Method, intent: Stripe.PaymentIntent): void {
  if (intent.setup_future_usage === null) return
  saveMethod(sandbox, method, idOf(intent.customer))
}

/** Takes a method from its customer for good: its mandates end. */
export function detachMethod(sandbox: Sandbox, method: Method): Method {
  const detached = { ...method, customer: null }
  sandbox.store.update(detached)
  rememberOfMethod(sandbox, method, { isDetached: true })
  emit(sandbox, 'payment_method.detached', detached, { customer: idOf(method.customer) })
  endMandates(sandbox, method.id)
  return detached
}
