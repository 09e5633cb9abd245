/** Queues, exceptions, audit and balances as the staff pages read them. */
import { beforeAll, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { listCustomerBalances, sumReceivables } from '#app/invoices/customer-balances.server.ts'
import { readChainQueue, readWriterBalance } from '#app/ledger/chain-queue.server.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { listAudit } from '#app/parties/audit-queries.server.ts'
import { findCustomerFile } from '#app/parties/customer-people.server.ts'
import { createPerson, grantBuyerRights } from '#app/parties/people.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import {
  listTaskLoads,
  listTroubledJobs,
  readWorkerLife,
  tryJobAgain,
} from '#app/platform/job-queue.server.ts'
import { addJob, runJobs } from '#app/platform/jobs.server.ts'
import { parseBusinessDate } from '#app/platform/time.ts'
import { countOpenExceptions, listExceptions } from '#app/reconciliation/exception-queries.server.ts'
import { exceptionWords } from '#app/reconciliation/exception-words.ts'
import { resolveCase } from '#app/reconciliation/resolve-exception.server.ts'
import {
  createCustomer,
  createSupplier,
  issueCredit,
  issueInvoice,
  openPayment,
} from '#test/support/books.ts'

const TODAY = parseBusinessDate('2026-03-01')

beforeAll(() => createSupplier())

test('jobs count as waiting, later, failing and failed, and a failed one runs again when asked to', async () => {
  await withTransaction(async (tx) => {
    await addJob(tx, 'test:waits', { n: 1 })
    await addJob(tx, 'test:waits', { n: 2 }, { afterMs: 3_600_000 })
    await addJob(tx, 'test:breaks', { n: 3 }, { maxAttempts: 1 })
    await addJob(tx, 'test:breaks', { n: 4 }, { maxAttempts: 9 })
  })
  let isMended = false
  let ran = 0
  const until = async (isDone: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; !(await isDone()); tries += 1) {
      if (tries > 200) throw new Error('it never came')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const jobs = await runJobs({
    'test:breaks': async () => {
      if (!isMended) throw new Error('the oak is too short')
      ran += 1
    },
  })
  try {
    await until(async () => (await listTroubledJobs()).length === 2)
    expect((await readWorkerLife()).living).toBe(1)
    const [failed, failing] = await listTroubledJobs()
    expect(failed).toMatchObject({ task: 'test:breaks', isFailed: true, attempts: 1, maxAttempts: 1 })
    expect(failed?.lastError).toContain('the oak is too short')
    expect(failing).toMatchObject({ isFailed: false, attempts: 1, maxAttempts: 9 })
    const loads = await listTaskLoads()
    expect(loads.find(({ task }) => task === 'test:breaks')).toMatchObject({
      failing: 1,
      failed: 1,
      waiting: 0,
    })
    expect(loads.find(({ task }) => task === 'test:waits')).toMatchObject({ waiting: 1, later: 1, failed: 0 })
    isMended = true
    expect(await tryJobAgain(failed?.id ?? '')).toBe('test:breaks')
    await until(async () => ran === 1)
    expect(await tryJobAgain('999999999')).toBeNull()
    expect(await tryJobAgain("1'; DROP TABLE audit")).toBeNull()
  } finally {
    await jobs.stop()
  }
  await until(async () => (await readWorkerLife()).living === 0)
})

test('ledger events wait for their commitment, and nothing is said about a chain that is not there', async () => {
  const before = await readChainQueue()
  await issueInvoice(await createCustomer(), 5_000n)
  const after = await readChainQueue()
  expect(after.uncommitted.count).toBe(before.uncommitted.count + 1)
  expect(after.uncommitted.oldestAt).not.toBeNull()
  expect(after.unqueued).toEqual({ count: 0, oldestAt: null })
  expect(after).toMatchObject({ deployment: null, lastBlock: null, transactions: [], refused: [] })
  expect(await readWriterBalance('0x0000000000000000000000000000000000000001')).toBeNull()
})

test('a case is closed once, with a reason that stays with it and its hash in the audit log', async () => {
  const customerId = await createCustomer()
  const { paymentId } = await openPayment(customerId, [
    { invoiceId: await issueInvoice(customerId, 800n), amountMinor: 800n },
  ])
  const key = `attempt.unknown:${newId()}`
  const detail = { subjectId: newId(), customerId, paymentId, code: 'timeout' }
  await db.$queryRaw`SELECT open_exception('attempt.unknown', ${key}, ${JSON.stringify(detail)}::jsonb, ${new Date()}) AS answer`
  expect(await countOpenExceptions()).toBe(1)
  const [found] = (await listExceptions({ isOpen: true, after: null })).cases
  if (found === undefined) throw new Error('there is no case')
  expect(found).toMatchObject({
    kind: 'attempt.unknown',
    customer: { id: customerId },
    payment: { id: paymentId },
  })
  expect(found.facts).toContainEqual(['code', 'timeout'])
  expect(exceptionWords(found.kind).next).toContain('Look the payment up')
  const staff = await createPerson({ name: 'Rhea Clerk', email: 'rhea@harrow.test' })
  expect(await resolveCase(found.id, '   ', staff)).toMatchObject({ ok: false })
  expect(await resolveCase(found.id, 'x'.repeat(1_001), staff)).toMatchObject({ ok: false })
  expect(await countOpenExceptions()).toBe(1)
  expect(await resolveCase(found.id, ' Charged once, seen at the card service ', staff)).toEqual({ ok: true })
  expect(await resolveCase(found.id, 'again and again', staff)).toMatchObject({ ok: false })
  const [closed] = (await listExceptions({ isOpen: false, after: null })).cases
  expect(closed).toMatchObject({ id: found.id, resolution: 'Charged once, seen at the card service' })
  const [line] = (await listAudit(null)).lines
  expect(line).toMatchObject({ action: 'exception.resolved', actor: 'Rhea Clerk', subjectId: found.id })
  expect(line?.detail).toMatch(/reasonSha256: [0-9a-f]{64}/)
  expect(line?.detail).not.toContain('Charged once')
})

test('the audit log is read newest first and paged without gaps', async () => {
  for (let n = 0; n < 55; n += 1)
    await recordAudit({ actorKind: 'system', action: 'test.line', detail: { n } })
  const first = await listAudit(null)
  expect(first.lines).toHaveLength(50)
  expect(first.lines[0]?.detail).toBe('n: 54')
  const second = await listAudit(first.next)
  expect(second.lines[0]?.number).toBe((first.lines.at(-1)?.number ?? 0n) - 1n)
})

test('customers are found by name and number with what they owe per currency, late money and credit apart', async () => {
  const id = await createCustomer({ number: 'QZ-77' })
  await issueInvoice(id, 10_000n)
  await issueInvoice(id, 4_000n, { dueOn: '2026-03-01' })
  await issueInvoice(id, 300n, { currency: 'EUR' })
  await issueCredit(id, 150n)
  const byNumber = await listCustomerBalances({ text: 'qz-77', after: null, today: TODAY })
  expect(byNumber.customers.map((each) => each.id)).toEqual([id])
  expect(
    byNumber.customers[0]?.balances.map(({ open, pastDue, unapplied }) => [
      open.currency,
      open.minor,
      pastDue.minor,
      unapplied.minor,
    ]),
  ).toEqual([
    ['EUR', 300n, 300n, 0n],
    ['USD', 14_000n, 10_000n, 150n],
  ])
  expect((await listCustomerBalances({ text: '%', after: null, today: TODAY })).customers).toEqual([])
  const all = (await listCustomerBalances({ text: null, after: null, today: TODAY })).customers
  const rest = await listCustomerBalances({ text: null, after: all[0]?.id ?? null, today: TODAY })
  expect(rest.customers.map((each) => each.id)).toEqual(all.slice(1).map((each) => each.id))
  const sums = await sumReceivables(TODAY)
  expect(sums.find(({ open }) => open.currency === 'EUR')).toMatchObject({ openCount: 1, pastDueCount: 1 })
})

test('a customer’s file names its people and what each may do', async () => {
  const id = await createCustomer()
  const person = await createPerson({ name: 'Ana Buyer', email: 'ana.buyer@aurora.test' })
  await grantBuyerRights(person, id, ['view', 'pay', 'administer'])
  const file = await findCustomerFile(id as Parameters<typeof findCustomerFile>[0])
  expect(file?.people).toEqual([
    {
      id: person,
      name: 'Ana Buyer',
      email: 'ana.buyer@aurora.test',
      rights: ['view', 'pay', 'administer'],
      isDisabled: false,
      lastSeenAt: null,
    },
  ])
  expect(await findCustomerFile(newId<'cst'>())).toBeNull()
})
