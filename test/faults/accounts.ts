/** After the load: what the card processor, the payments, the books and the chain say, held against each other. */
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeId } from '#app/books/ids.ts'
import { createChainReader } from '#app/ledger/chain-reader.ts'
import type { ProductUnderFire } from '#test/faults/product-under-fire.ts'

/** Where the accounts are read. */
export type Stores = Pick<ProductUnderFire, 'sql' | 'sandboxState' | 'chainRpcUrl'>

type Waiting = { webhooks: number; jobs: number; unsettled: number; events: number }

const DRAIN_LIMIT_MS = 240_000

/** Waits until nothing is on its way any more; answers after how many seconds. Throws with what still waits. */
export async function drain(stores: Stores): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    const waiting = await whatWaits(stores)
    const seconds = (performance.now() - startedAt) / 1000
    if (Object.values(waiting).every((count) => count === 0)) return seconds
    if (seconds * 1000 > DRAIN_LIMIT_MS)
      throw new Error(`still waiting after ${seconds.toFixed(0)} s: ${JSON.stringify(waiting)}`)
    await sleep(500)
  }
}

async function whatWaits(stores: Stores): Promise<Waiting> {
  const state = await stores.sandboxState()
  const charged = state.charges.filter((each) => each.status === 'succeeded').length
  const [row] = await stores.sql<{ jobs: number; settled: number; events: number }>(`
    SELECT (SELECT count(*) FROM graphile_worker.jobs WHERE attempts < max_attempts AND run_at <= now())::int AS jobs,
           (SELECT count(*) FROM payment WHERE state = 'settled' AND stripe_charge_id IS NOT NULL)::int AS settled,
           (SELECT count(*) FROM ledger_event e
             WHERE NOT EXISTS (SELECT FROM ledger_entry l JOIN chain_transaction_status s USING (chain_transaction_id)
                                WHERE l.ledger_event_id = e.id AND s.state = 'final'))::int AS events`)
  const { jobs = -1, settled = 0, events = -1 } = row ?? {}
  return { webhooks: state.pending_webhooks, jobs, unsettled: charged - settled, events }
}

export type Accounts = {
  charges: number
  chargedMinor: bigint
  settledPayments: number
  ledgerEvents: number
  entriesOnChain: number
  /** One sentence for each thing that does not agree. */
  differences: string[]
}

type PaymentRow = {
  id: string
  state: string
  received: string
  booked: string
  applied: string
  unapplied: string
  journals: number
}

/** Compares charges with payments, payments with journals and allocations, and ledger events with the chain. */
export async function compareAccounts(stores: Stores): Promise<Accounts> {
  const { charges } = await stores.sandboxState()
  const succeeded = charges.filter((each) => each.status === 'succeeded')
  const payments = await stores.sql<PaymentRow>(`
    SELECT p.id, p.state, p.received_minor::text AS received, p.unallocated_minor::text AS unapplied,
           (SELECT coalesce(sum(o.amount_minor), 0) FROM posting o JOIN journal j ON j.id = o.journal_id
             WHERE j.record_id = p.id AND j.kind = 'payment.settled' AND o.account_code = 1200)::text AS booked,
           (SELECT coalesce(sum(a.amount_minor), 0) FROM allocation a WHERE a.payment_id = p.id)::text AS applied,
           (SELECT count(*) FROM journal j WHERE j.record_id = p.id AND j.kind = 'payment.settled')::int AS journals
      FROM payment p WHERE EXISTS (SELECT FROM payment_attempt t WHERE t.payment_id = p.id)`)
  const differences = [
    ...chargesAgainstPayments(succeeded, payments),
    ...payments.flatMap((payment) => paymentAgainstBooks(payment)),
  ]
  const chain = await ledgerAgainstChain(stores)
  return {
    charges: succeeded.length,
    chargedMinor: succeeded.reduce((sum, each) => sum + BigInt(each.amount), 0n),
    settledPayments: payments.filter((each) => each.state === 'settled').length,
    ledgerEvents: chain.events,
    entriesOnChain: chain.entries,
    differences: [...differences, ...chain.differences],
  }
}

function chargesAgainstPayments(
  charges: readonly { id: string; amount: number; payment_id: string | null }[],
  payments: readonly PaymentRow[],
): string[] {
  const byPayment = Map.groupBy(charges, (charge) => charge.payment_id ?? '')
  const known = new Set(payments.map((each) => encodeId('pay', each.id) as string))
  const strange = charges
    .filter((charge) => !known.has(charge.payment_id ?? ''))
    .map((charge) => `charge ${charge.id} belongs to no payment (${charge.payment_id})`)
  const wrong = payments.flatMap((payment) => {
    const own = byPayment.get(encodeId('pay', payment.id)) ?? []
    const charged = own.reduce((sum, each) => sum + BigInt(each.amount), 0n)
    if (own.length > 1) return [`payment ${payment.id} was charged ${own.length} times`]
    if (charged > 0n !== (payment.state === 'settled'))
      return [`payment ${payment.id} is ${payment.state}, but ${charged} was charged`]
    return charged === BigInt(payment.received)
      ? []
      : [`payment ${payment.id} received ${payment.received}, but ${charged} was charged`]
  })
  return [...strange, ...wrong]
}

function paymentAgainstBooks(payment: PaymentRow): string[] {
  const { id, received, booked, applied, unapplied, journals } = payment
  const isOnce = journals === (payment.state === 'settled' ? 1 : 0)
  const agrees = booked === received && BigInt(applied) + BigInt(unapplied) === BigInt(received)
  return isOnce && agrees
    ? []
    : [
        `payment ${id}: received ${received}, booked ${booked} in ${journals} journals, applied ${applied} + ${unapplied}`,
      ]
}

type EntryRow = { key: string; commitment: string }

/** Replays the writer's stream from the chain: every ledger event once, in the order of the books, and nothing else. */
async function ledgerAgainstChain(
  stores: Stores,
): Promise<{ events: number; entries: number; differences: string[] }> {
  const deployments = await stores.sql<{
    id: string
    address: string
    writer: string
    chain: string
    block: string
  }>(
    `SELECT id, address, writer_address AS writer, chain_id::text AS chain, from_block::text AS block
       FROM chain_deployment WHERE kind = 'PaymentLedger'`,
  )
  const [deployment] = deployments
  if (deployment === undefined || deployments.length > 1)
    return { events: 0, entries: 0, differences: [`${deployments.length} ledger contracts instead of one`] }
  const snapshot = await createChainReader([stores.chainRpcUrl]).readStream({
    chainId: BigInt(deployment.chain),
    contract: deployment.address,
    writer: deployment.writer,
    fromBlock: BigInt(deployment.block),
  })
  const books = await stores.sql<EntryRow>(
    `SELECT '0x' || encode(c.subject_key, 'hex') AS key, '0x' || encode(c.commitment, 'hex') AS commitment
       FROM ledger_entry l JOIN commitment c USING (ledger_event_id)
      WHERE l.chain_deployment_id = $1 ORDER BY l.position`,
    [deployment.id],
  )
  const [{ events } = { events: -1 }] = await stores.sql<{ events: number }>(
    'SELECT count(*)::int AS events FROM ledger_event',
  )
  const onChain = snapshot.entries
  const differences = []
  if (books.length !== events)
    differences.push(`${events} ledger events, but ${books.length} entries in the books`)
  if (onChain.length !== events)
    differences.push(`${events} ledger events, but ${onChain.length} entries on chain`)
  if (new Set(onChain.map((each) => each.commitment)).size !== onChain.length)
    differences.push('an entry is on the chain twice')
  const wrong = books.findIndex(
    ({ key, commitment }, index) =>
      onChain[index]?.subjectKey !== key || onChain[index]?.commitment !== commitment,
  )
  if (wrong >= 0) differences.push(`entry ${wrong} on the chain is not the one in the books`)
  return { events, entries: onChain.length, differences }
}
