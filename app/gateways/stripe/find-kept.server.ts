/** What a write about saved methods has made, looked for by what it carries of ours, when its key does not tell. */
import { agreedAnswer, bankAccountAnswer, idIn, setupAnswer } from '#app/gateways/stripe/answers.ts'
import { collect, read, type StripeCalls } from '#app/gateways/stripe/calls.server.ts'
import {
  agreedReading,
  bankAccountReading,
  type StoredSetup,
  setupReading,
} from '#app/gateways/stripe/method-mapping.ts'
import type { AgreedReading, AgreeInput, MethodReading, SetupReading } from '#app/gateways/stripe/port.ts'

/** The visit of a stored request; null when there is none. */
export async function findSetup(
  { stripe, reading }: StripeCalls,
  { customer, client_reference_id: reference }: StoredSetup,
): Promise<SetupReading | null> {
  return read('checkout.sessions.list', async () => {
    const pages = stripe.checkout.sessions.list({ customer, limit: 100 }, reading)
    const found = (await collect(pages, setupAnswer)).map(setupReading)
    return found.find((each) => each.reference === reference) ?? null
  })
}

/** The bank account that was kept under this key; null when there is none. */
export async function findBankAccount(
  { stripe, reading }: StripeCalls,
  customer: string,
  keptBy: string,
): Promise<MethodReading | null> {
  return read('customers.listSources', async () => {
    const pages = stripe.customers.listSources(customer, { object: 'bank_account', limit: 100 }, reading)
    const found = (await collect(pages, bankAccountAnswer)).find((each) => each.metadata?.kept_by === keptBy)
    return found === undefined ? null : bankAccountReading(found, new Date())
  })
}

/** What came of telling an agreement about an account; null when it was never told. */
export async function findAgreement(
  { stripe, reading }: StripeCalls,
  { processorCustomerId: customer, methodId, reference }: AgreeInput,
): Promise<AgreedReading | null> {
  return read('setup_intents.list', async () => {
    const told = await collect(stripe.setupIntents.list({ customer, limit: 100 }, reading), agreedAnswer)
    const found = told.find(
      (each) => each.metadata?.mandate_id === reference && idIn(each.payment_method) === methodId,
    )
    return found === undefined ? null : agreedReading(found)
  })
}
