import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { payoutAnswer, transactionAnswer } from '#app/gateways/stripe/balance/answers.ts'
import { payoutReading, transactionReading } from '#app/gateways/stripe/balance/mapping.ts'
import { MOVEMENT_KINDS, movementKind } from '#app/gateways/stripe/balance/movement-kinds.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'

const schema = z.object({
  components: z.object({
    schemas: z.object({
      balance_transaction: z.object({
        properties: z.object({ type: z.object({ enum: z.array(z.string()) }) }),
      }),
    }),
  }),
})

const TRANSACTION = {
  id: 'txn_1',
  object: 'balance_transaction',
  type: 'charge',
  reporting_category: 'charge',
  amount: 12_345,
  fee: 388,
  net: 11_957,
  currency: 'usd',
  status: 'pending',
  created: 1_795_176_000,
  available_on: 1_795_348_800,
}
const CHARGE = { id: 'ch_1', object: 'charge', customer: 'cus_1', metadata: { payment_id: 'pay_1' } }
const PAYOUT = {
  id: 'po_1',
  object: 'payout',
  amount: 11_957,
  currency: 'usd',
  status: 'paid',
  arrival_date: 1_795_219_200,
  automatic: true,
  reconciliation_status: 'completed',
  failure_code: null,
  trace_id: { status: 'supported', value: 'TRACE' },
  created: 1_795_176_000,
}

const transaction = (overrides: object) =>
  transactionReading(transactionAnswer.parse({ ...TRANSACTION, ...overrides }))
const payout = (overrides: object) => payoutReading(payoutAnswer.parse({ ...PAYOUT, ...overrides }))

test('a movement of a charge says whose it is; a payment of ours is named as the charge names it', () => {
  expect(transaction({ source: CHARGE })).toMatchObject({
    amountMinor: 12_345n,
    feeMinor: 388n,
    netMinor: 11_957n,
    currency: 'USD',
    sourceId: 'ch_1',
    sourceCustomerId: 'cus_1',
    sourceReference: 'pay_1',
    status: 'pending',
  })
  expect(transaction({ source: { ...CHARGE, customer: { id: 'cus_2' } } }).sourceCustomerId).toBe('cus_2')
})

test('a movement of anything else says only what it is of, and one of nothing is of itself', () => {
  const refund = { id: 're_1', object: 'refund', metadata: { payment_id: 'pay_1' } }
  expect(transaction({ source: refund })).toMatchObject({ sourceId: 're_1', sourceReference: null })
  expect(transaction({ source: 'du_1' })).toMatchObject({ sourceId: 'du_1', sourceCustomerId: null })
  expect(transaction({ source: null })).toMatchObject({ sourceId: 'txn_1', sourceCustomerId: null })
})

test('amounts that are no whole numbers are refused', () => {
  expect(() => transaction({ source: null, net: 1.5 })).toThrow()
  expect(() => payout({ amount: '1' })).toThrow()
})

test('a fee that is finer than our minor unit is rounded, half away from zero, and the reading goes on', () => {
  const isk = (overrides: object) => transaction({ source: null, currency: 'isk', ...overrides })
  expect(isk({ amount: 50_000, fee: 1_250, net: 48_750 })).toMatchObject({
    ...{ amountMinor: 500n, feeMinor: 13n, netMinor: 487n, isRounded: true },
  })
  expect(isk({ amount: -1_249, fee: 0, net: -1_249 })).toMatchObject({ netMinor: -12n, isRounded: true })
  expect(isk({ amount: -1_250, fee: 0, net: -1_250 })).toMatchObject({ netMinor: -13n, isRounded: true })
  expect(isk({ amount: 50_000, fee: 1_200, net: 48_800 })).toMatchObject({ netMinor: 488n, isRounded: false })
})

test('a payout arrives on its day in UTC, and only an automatic one that is worked out tells its movements', () => {
  expect(payout({})).toMatchObject({
    arrivalDate: '2026-11-21',
    isItemised: true,
    traceId: 'TRACE',
    amountMinor: 11_957n,
  })
  expect(payout({ reconciliation_status: 'in_progress' }).isItemised).toBe(false)
  expect(payout({ automatic: false, reconciliation_status: 'not_applicable', trace_id: null })).toMatchObject(
    {
      isAutomatic: false,
      isItemised: false,
      traceId: null,
    },
  )
})

test('every type of movement that the schema knows is classified, and no other', () => {
  const subset: unknown = JSON.parse(
    readFileSync(projectPath('scripts/sandbox/stripe-openapi-subset.json'), 'utf8'),
  )
  const types = schema.parse(subset).components.schemas.balance_transaction.properties.type.enum
  expect(Object.keys(MOVEMENT_KINDS).toSorted()).toEqual(types.toSorted())
})

test.each([
  ['reserve_hold', 'risk_reserved_funds', 'reserve'],
  ['payout_minimum_balance_release', 'payout', 'reserve'],
  ['payment_failure_refund', 'charge_failure', 'refund'],
  ['adjustment', 'dispute_reversal', 'dispute'],
  ['adjustment', 'fee', 'fee'],
  ['adjustment', 'risk_reserved_funds', 'reserve'],
  ['adjustment', 'other_adjustment', 'adjustment'],
  ['a_type_of_tomorrow', 'network_cost', 'fee'],
  ['a_type_of_tomorrow', 'a_category_of_tomorrow', 'other'],
] as const)('%s of category %s is a %s', (type, category, kind) => {
  expect(movementKind(type, category)).toBe(kind)
  expect(transaction({ source: null, type, reporting_category: category }).kind).toBe(kind)
})
