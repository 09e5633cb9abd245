import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { checkBatch } from '#app/imports/check-batch.server.ts'
import { commitBatch } from '#app/imports/commit-batch.server.ts'
import { receivablesHistory } from '#app/imports/shipped-profiles.ts'
import { stageFile } from '#app/imports/stage-file.server.ts'
import { db } from '#app/platform/db.server.ts'
import { testDatabase } from '#test/support/database.ts'
import { createSupplier, importFile } from '#test/support/import-files.ts'
import { asOwner } from '#test/support/owner.ts'
import { generateReceivables } from '#test/support/receivables-generator.ts'

const actor = { kind: 'command' } as const
const [header, ...rows] = generateReceivables(5).csv.split('\r\n')
const file = `${[header, ...rows.slice(0, 3)].join('\n')}\n`

beforeAll(async () => {
  await createSupplier()
})

async function checked(content: string): Promise<string> {
  const staged = await stageFile({
    path: importFile(content),
    fileName: 'f.csv',
    profile: receivablesHistory,
  })
  if (!staged.ok) throw new Error(staged.problem.message)
  await checkBatch(staged.batchId)
  return staged.batchId
}

test('The journals of an import are checked before it takes the audit lock, which everybody needs', async () => {
  await asOwner(`
    CREATE FUNCTION refuse_audit_lock() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT FROM audit WHERE xmin = pg_current_xact_id()::xid) THEN
        RAISE EXCEPTION 'a journal was checked after the audit entry was written';
      END IF;
      RETURN NULL;
    END $$`)
  await asOwner(`
    CREATE CONSTRAINT TRIGGER after_audit AFTER INSERT ON journal
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_audit_lock()`)
  expect(await commitBatch(await checked(file), { actor })).toMatchObject({ ok: true })
  await asOwner('DROP TRIGGER after_audit ON journal')
})

test('An import waits for a payer without holding what the payer takes next', async () => {
  const [first, second] = await db.invoice.findMany({ orderBy: { id: 'asc' }, take: 2 })
  if (first === undefined || second === undefined) throw new Error('too few invoices')
  // The second gets another text and would be taken first; the first gets a dispute, which is booked later.
  const batchId = await checked(file)
  const change = async (invoice: typeof first, patch: object, effect: string): Promise<void> => {
    await db.$executeRaw`
      UPDATE import_row SET data = data || ${JSON.stringify(patch)}::jsonb, effect = ${effect}
       WHERE batch_id = ${batchId}::uuid AND data->>'number' = ${invoice.externalNumber}`
  }
  await change(second, { poNumber: 'PO-7' }, 'document')
  await change(first, { isDisputed: true }, 'history')
  await asOwner(`DELETE FROM dispute WHERE invoice_id = $1`, [first.id])

  const payer = new pg.Client(testDatabase.ownerUrl)
  await payer.connect()
  await payer.query('BEGIN')
  await payer.query('SELECT FROM invoice WHERE id = $1 FOR UPDATE', [first.id])
  const committing = commitBatch(batchId, { actor })
  await expect.poll(waitsForLock, { timeout: 10_000 }).toBe(true)
  await payer.query('SELECT FROM invoice WHERE id = $1 FOR UPDATE NOWAIT', [second.id])
  await payer.query('COMMIT')
  await payer.end()
  expect(await committing).toMatchObject({ ok: true, totals: { effects: { document: 1, history: 1 } } })
})

async function waitsForLock(): Promise<boolean> {
  const waiting = await db.$queryRaw<object[]>`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return waiting.length > 0
}
