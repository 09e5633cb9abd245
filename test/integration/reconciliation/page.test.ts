/** The page of reconciliation as a browser without scripts sees it, and the button that asks for a comparison. */
import { beforeAll, expect, test } from 'vitest'
import type { ProviderBooks } from '#app/gateways/stripe/balance/port.ts'
import { db } from '#app/platform/db.server.ts'
import { reconcile } from '#app/reconciliation/runs/reconcile.server.ts'
import { requestWith } from '#test/integration/parties/people.ts'
import { signInAsClerk } from '#test/integration/staff/sign-in-as.ts'
import { createSupplier } from '#test/support/books.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'
import { movement, movementOf, payout } from '#test/support/reconcile-world.ts'

let portal: Portal
let cookies: string[]

const CREATED = new Date(Date.now() - 3 * 86_400_000)
const FEE = movement({
  transactionId: 'txn_fee',
  type: 'stripe_fee',
  sourceId: 'txn_fee',
  amountMinor: -250n,
  createdAt: CREATED,
})
const STRANGER = movement({
  transactionId: 'txn_1',
  sourceId: 'ch_stranger',
  amountMinor: 5_250n,
  createdAt: CREATED,
})
const PAID = payout({ amountMinor: 5_000n, createdAt: CREATED })
const ALL = [FEE, STRANGER, { ...movementOf(PAID), createdAt: CREATED }]
const books: ProviderBooks = {
  listTransactions: async (of) => ({
    readings: ALL.filter(
      ({ createdAt }) =>
        'payoutId' in of || (createdAt >= of.from && (of.until === null || createdAt < of.until)),
    ),
    next: null,
  }),
  listPayouts: async () => ({ readings: [PAID], next: null }),
  readPayout: async () => PAID,
}

beforeAll(async () => {
  await createSupplier()
  cookies = await signInAsClerk()
  portal = await openPortal()
}, 120_000)

async function pageText(): Promise<string> {
  const answer = await portal.handle(requestWith(cookies, '/staff/reconciliation'))
  expect(answer.status).toBe(200)
  return (await answer.text()).replace(/<script[\s\S]*?<\/script>/g, '').replaceAll('<!-- -->', '')
}

test('before the first comparison the page says that nothing was compared', async () => {
  const page = await pageText()
  for (const words of ['Nothing was compared yet', 'No difference is open', 'None was made yet'])
    expect.soft(page, words).toContain(words)
})

test('a difference is told with both amounts, whose work it is and the next step; a payout with what is in it', async () => {
  await reconcile({ books, rpcUrl: undefined })
  const page = await pageText()
  for (const words of [
    'Held by the card service, USD',
    'Differs',
    'Money at the card service that is not in the books',
    'The card service took a payment that is not in the books.',
    'ch_stranger',
    '$52.50',
    'Accounts receivable',
    'Open the charge, refund or dispute at the card service',
    'Paid out to the bank, USD',
    'po_crafted',
    '1 × charge: $52.50',
    '1 × stripe fee: -$2.50',
    'Seen by the last comparison, by kind',
  ])
    expect.soft(page, words).toContain(words)
})

test('a comparison that failed says so above what was found before', async () => {
  const listPayouts = async () => {
    throw new Error('the card service is away')
  }
  await expect(reconcile({ books: { ...books, listPayouts }, rpcUrl: undefined })).rejects.toThrow('away')
  const page = await pageText()
  expect(page).toContain('The last comparison could not be finished')
  expect(page).toContain('ch_stranger')
})

test('asking for a comparison adds one job, however often it is asked', async () => {
  for (const _again of [1, 2]) {
    const answer = await portal.handle(
      requestWith(cookies, '/staff/reconciliation', { method: 'POST', body: new URLSearchParams() }),
    )
    expect(answer.headers.get('location')).toBe('/staff/reconciliation?asked')
  }
  const jobs =
    await db.$queryRaw`SELECT key FROM graphile_worker.jobs WHERE task_identifier = 'reconciliation:daily'`
  expect(jobs).toEqual([{ key: 'reconciliation:daily' }])
})
