import type Stripe from 'stripe'
import { type SandboxProcess, sessionParams } from '#test/support/sandbox.ts'

export type Paid = {
  outcome: string
  session: {
    id: string
    status: string
    payment_status: string
    payment_intent: string
    setup_intent: string
  }
  redirect: string | null
  payment_method: string | null
  error: { code: string; decline_code: string | null } | null
  errors: { field: string; message: string; code: string | null }[]
}

/** Opens a session for 123.45 with all ways to pay, and pays it as the hosted page would. */
export async function payBy(
  sandbox: SandboxProcess,
  input: object,
  overrides: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Promise<Paid> {
  const allowed: Stripe.Checkout.SessionCreateParams['allowed_payment_method_types'] = [
    'card',
    'link',
    'us_bank_account',
  ]
  const session = await sandbox.stripe.checkout.sessions.create(
    sessionParams({ allowed_payment_method_types: allowed, ...overrides }),
  )
  return sandbox.control('POST', `sessions/${session.id}/pay`, input)
}

/** Moves to a business day's morning, so that nothing that happens by itself falls into the next minutes. */
export async function startBusinessDay(sandbox: SandboxProcess): Promise<void> {
  await sandbox.control('POST', 'reset')
  await waitBusinessDays(sandbox, 1)
}

/** Lets business days pass. */
export async function waitBusinessDays(sandbox: SandboxProcess, businessDays: number): Promise<void> {
  await sandbox.control('POST', 'clock/advance', { businessDays })
}

/** The types of all events so far that start with one of `prefixes`, oldest first. */
export async function eventTypes(sandbox: SandboxProcess, ...prefixes: string[]): Promise<string[]> {
  const types: string[] = []
  for await (const event of sandbox.stripe.events.list({ limit: 100 })) types.push(event.type)
  return types.reverse().filter((type) => prefixes.some((prefix) => type.startsWith(prefix)))
}

/** The last charge of a payment. */
export async function chargeOf(sandbox: SandboxProcess, intent: string): Promise<Stripe.Charge> {
  const [charge] = (await sandbox.stripe.charges.list({ payment_intent: intent })).data
  if (!charge) throw new Error(`No charge of ${intent}`)
  return charge
}

/** What the balance says, and what its movements add up to; both must agree. */
export async function balances(sandbox: SandboxProcess): Promise<{ stated: number; summed: number }> {
  const balance = await sandbox.stripe.balance.retrieve()
  const stated = [...balance.available, ...balance.pending].reduce((sum, one) => sum + one.amount, 0)
  let summed = 0
  for await (const one of sandbox.stripe.balanceTransactions.list({ limit: 100 })) summed += one.net
  return { stated, summed }
}

/** A customer, and 123.45 paid by it in a session that saves the method. */
export async function saveMethod(
  sandbox: SandboxProcess,
  input: object,
): Promise<{ customer: string; method: string; paid: Paid }> {
  const customer = (await sandbox.stripe.customers.create({ name: 'Buyer', email: 'ap@buyer.example' })).id
  const paid = await payBy(sandbox, input, {
    customer,
    payment_intent_data: { setup_future_usage: 'off_session' },
  })
  const [method] = (await sandbox.stripe.customers.listPaymentMethods(customer)).data
  if (!method) throw new Error(`Nothing was saved: ${JSON.stringify(paid)}`)
  return { customer, method: method.id, paid }
}
