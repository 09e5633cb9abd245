/**
 * What the portal really sends to its providers, and what it is answered, against their official schemas: every flow of money and
 * methods is gone through with a recorder in front of the sandbox. A call in the code that was not recorded, and an operation that
 * the schemas do not have, fail.
 */
import { globSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStripeBooks } from '#app/gateways/stripe/balance/client.server.ts'
import { openToken } from '#app/payments/linked-banks/access-token.server.ts'
import { catchUpEvents } from '#app/payments/webhooks/catch-up-events.server.ts'
import { db } from '#app/platform/db.server.ts'
import { parseForm } from '#scripts/sandbox/api/form.ts'
import { OfficialSchema } from '#scripts/sandbox/api/official-schema.ts'
import { PlaidSchema } from '#scripts/sandbox/plaid/api/plaid-schema.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import {
  type BankWorld,
  banksOn,
  caughtEvents,
  debit,
  deliverEvents,
  keepBank,
  linkRow,
} from '#test/support/bank-world.ts'
import { createSupplier } from '#test/support/books.ts'
import {
  advanceProcessor,
  cardWorldOn,
  createBuyer,
  deliverWebhooks,
  openCheckout,
} from '#test/support/card-world.ts'
import { paidBy } from '#test/support/money-back.ts'
import { WRITE_ROWS } from '#test/support/provider-writes.ts'
import { type RecordedCall, type Recorder, startRecorder } from '#test/support/recorder.ts'
import { type SandboxProcess, startSandbox } from '#test/support/sandbox.ts'
import { startWebhookReceiver } from '#test/support/webhook-receiver.ts'

/** Each call of the Stripe SDK in our gateways, and where it goes. */
const STRIPE_CALLS: Readonly<Record<string, string>> = {
  'balanceTransactions.list': 'GET /v1/balance_transactions',
  'charges.retrieve': 'GET /v1/charges/{id}',
  'checkout.sessions.create': 'POST /v1/checkout/sessions',
  'checkout.sessions.expire': 'POST /v1/checkout/sessions/{id}/expire',
  'checkout.sessions.list': 'GET /v1/checkout/sessions',
  'checkout.sessions.retrieve': 'GET /v1/checkout/sessions/{id}',
  'customers.create': 'POST /v1/customers',
  'customers.createSource': 'POST /v1/customers/{id}/sources',
  'customers.deleteSource': 'DELETE /v1/customers/{customerId}/sources/{id}',
  'customers.list': 'GET /v1/customers',
  'customers.listPaymentMethods': 'GET /v1/customers/{id}/payment_methods',
  'customers.listSources': 'GET /v1/customers/{id}/sources',
  'customers.retrieve': 'GET /v1/customers/{id}',
  'customers.update': 'POST /v1/customers/{id}',
  'disputes.close': 'POST /v1/disputes/{id}/close',
  'disputes.list': 'GET /v1/disputes',
  'disputes.retrieve': 'GET /v1/disputes/{id}',
  'disputes.update': 'POST /v1/disputes/{id}',
  'events.list': 'GET /v1/events',
  'mandates.retrieve': 'GET /v1/mandates/{id}',
  'paymentIntents.create': 'POST /v1/payment_intents',
  'paymentIntents.list': 'GET /v1/payment_intents',
  'paymentIntents.retrieve': 'GET /v1/payment_intents/{id}',
  'paymentMethods.detach': 'POST /v1/payment_methods/{id}/detach',
  'paymentMethods.retrieve': 'GET /v1/payment_methods/{id}',
  'payouts.list': 'GET /v1/payouts',
  'payouts.retrieve': 'GET /v1/payouts/{id}',
  'refunds.create': 'POST /v1/refunds',
  'refunds.list': 'GET /v1/refunds',
  'setupIntents.create': 'POST /v1/setup_intents',
  'setupIntents.list': 'GET /v1/setup_intents',
}
/** The same for Plaid. */
const PLAID_CALLS: Readonly<Record<string, string>> = {
  accountsBalanceGet: '/accounts/balance/get',
  accountsGet: '/accounts/get',
  identityGet: '/identity/get',
  identityMatch: '/identity/match',
  itemGet: '/item/get',
  itemPublicTokenExchange: '/item/public_token/exchange',
  itemRemove: '/item/remove',
  linkTokenCreate: '/link/token/create',
  linkTokenGet: '/link/token/get',
  processorStripeBankAccountTokenCreate: '/processor/stripe/bank_account_token/create',
  signalDecisionReport: '/signal/decision/report',
  signalEvaluate: '/signal/evaluate',
  signalReturnReport: '/signal/return/report',
  webhookVerificationKeyGet: '/webhook_verification_key/get',
}

const stripeSchema = new OfficialSchema()
const plaidSchema = new PlaidSchema()

let sandbox: SandboxProcess
let recorder: Recorder
let world: BankWorld
let calls: readonly RecordedCall[]
beforeAll(async () => {
  await createSupplier()
  sandbox = await startSandbox()
  recorder = await startRecorder(sandbox.url)
  const receiver = await startWebhookReceiver()
  const cards = cardWorldOn({ ...sandbox, port: recorder.port })
  world = { ...cards, banks: banksOn(recorder.url), receiver, stop: () => sandbox.stop() }
  for (const row of WRITE_ROWS) {
    const { act, recover, isDone } = await row.begin(world)
    await act(world)
    await recover(false)
    expect(await isDone(), row.operation).toBe(true)
  }
  await loseAnswers()
  await readEverything()
  calls = recorder.calls.filter(({ path }) => path.startsWith('/v1/') || path.startsWith('/plaid/'))
  await receiver.stop()
}, 300_000)
afterAll(async () => {
  await recorder.stop()
  await world.stop()
})

/** Failures that the card service keeps with the key: what was made is looked for. */
async function loseAnswers(): Promise<void> {
  for (const row of WRITE_ROWS.filter(({ path }) => path.startsWith('/v1/'))) {
    const { act, recover } = await row.begin(world)
    const fault = { kind: 'status', status: 500, stage: 'after', count: 1 }
    await sandbox.control('POST', 'faults', { ...fault, method: row.method, path: row.path })
    await act(world)
    await recover(true)
    await sandbox.control('DELETE', 'faults')
  }
}

/** Reads that no write above has led to. */
async function readEverything(): Promise<void> {
  const { paymentId, chargeId } = await paidBy(world, [9_000n])
  await openCheckout(world, await createBuyer([1_000n]))
  expect(await world.processor.readCharge(chargeId)).not.toBeNull()
  const attempt = await db.paymentAttempt.findFirstOrThrow({ where: { paymentId } })
  const request = attempt.request as Parameters<typeof world.processor.findCheckout>[0]
  expect(await world.processor.findCheckout(request)).not.toBeNull()
  await catchUpEvents(world.processor)

  const buyer = await createBuyer([7_000n])
  const { linkId, methodId } = await keepBank(world, buyer)
  await debit(world, buyer, methodId)
  await deliverEvents(world, await caughtEvents(world))
  const { accessToken, accountId } = await linkRow(linkId)
  const token = openToken(linkId, accessToken ?? '')
  expect((await world.banks.listHolders(token, accountId ?? '')).length).toBeGreaterThan(0)
  const debitOf = { accountId: accountId ?? '', reference: 'pay_1', amountMinor: 7_000n }
  await world.banks.evaluateSignal(token, { ...debitOf, isCustomerPresent: true })
  await world.banks.reportDecision('pay_1', true)
  await world.banks.reportReturn('pay_1', 'R01')

  await advanceProcessor(world, { businessDays: 6 })
  await deliverWebhooks(world)
  const api = { host: '127.0.0.1', port: recorder.port, protocol: 'http' } as const
  const books = createStripeBooks({ secretKey: 'sk_test_sandbox', api })
  const always = { from: new Date(0), until: null }
  const { readings } = await books.listPayouts(always, null)
  const [payout] = readings
  if (payout === undefined) throw new Error('nothing was paid out')
  expect(await books.readPayout(payout.payoutId)).not.toBeNull()
  expect((await books.listTransactions(always, null)).readings.length).toBeGreaterThan(0)
  await books.listTransactions({ payoutId: payout.payoutId }, null)
}

/** The operation of the official schema that a call is. */
function operationOf({ method, path }: RecordedCall): string {
  if (path.startsWith('/plaid/')) return path.slice('/plaid'.length)
  const template = stripeSchema.templateOf(method, path)
  return template === null ? `${method} ${path} is in no official schema` : `${method} ${template}`
}

test('every call that the gateways make is one of these, and these are in the official schemas', () => {
  const source = globSync('app/gateways/{stripe,plaid}/**/*.ts', { cwd: projectPath('.') })
    .map((file) => readFileSync(projectPath(file), 'utf8'))
    .join('\n')
  const named = (pattern: RegExp): string[] => [
    ...new Set([...source.matchAll(pattern)].flatMap((match) => match[1] ?? [])),
  ]
  const local = 'webhooks.constructEvent'
  expect(named(/\bstripe\.([a-zA-Z.]+)\(/g).toSorted()).toEqual(
    [...Object.keys(STRIPE_CALLS), local].toSorted(),
  )
  expect(named(/\bapi\.([a-zA-Z]+)\(/g).toSorted()).toEqual(Object.keys(PLAID_CALLS).toSorted())
  for (const operation of Object.values(STRIPE_CALLS)) {
    const [method = '', template = ''] = operation.split(' ')
    expect(() => stripeSchema.prepare(method, template), operation).not.toThrow()
  }
  for (const path of Object.values(PLAID_CALLS)) expect(() => plaidSchema.prepare(path), path).not.toThrow()
})

test('each of them was made, and no other', () => {
  const made = [...new Set(calls.map(operationOf))]
  const known = [...Object.values(STRIPE_CALLS), ...Object.values(PLAID_CALLS)]
  expect(made.toSorted()).toEqual([...new Set(known)].toSorted())
})

test('every request is what the official schema takes, and every answer what it gives', () => {
  const wrong = calls.flatMap((call) => {
    try {
      check(call)
      return []
    } catch (error) {
      return [`${operationOf(call)} ${call.status}: ${String(error)}`]
    }
  })
  expect(wrong).toEqual([])
  expect(calls.length).toBeGreaterThan(300)
})

function check(call: RecordedCall): void {
  const { method, path, asked, status, answered } = call
  const answer: unknown = answered === '' ? {} : JSON.parse(answered)
  if (path.startsWith('/plaid/')) {
    const operation = path.slice('/plaid'.length)
    plaidSchema.assertRequest(operation, JSON.parse(asked))
    if (status === 200) plaidSchema.assertAnswer(operation, answer)
    else plaidSchema.assertComponent('PlaidError', answer)
    return
  }
  const template = stripeSchema.templateOf(method, path)
  if (template === null) throw new Error('it is in no official schema')
  stripeSchema.readRequest(method, template, parseForm(asked))
  stripeSchema.assertAnswer(method, template, status, answer)
}

test('a call that breaks the schema is noticed', () => {
  const session: RecordedCall = {
    ...{ method: 'POST', path: '/v1/refunds', asked: 'payment_intent=pi_1&colour=red' },
    ...{ status: 200, answered: '{"id":"re_1"}' },
  }
  expect(() => check(session)).toThrow('colour')
  expect(() => check({ ...session, asked: 'payment_intent=pi_1' })).toThrow('breaks the official schema')
})
