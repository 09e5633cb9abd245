import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { newId } from '#app/books/ids.ts'
import { hashOf } from '#app/imports/content-hash.ts'
import { csvRecords, UnreadableFile } from '#app/imports/csv-records.ts'
import {
  type FileProblem,
  type FileRecord,
  groupByInvoice,
  type Layout,
  layoutOf,
} from '#app/imports/layout.ts'
import { type Profile, parseProfile } from '#app/imports/profile.ts'
import { type ReadInvoice, readInvoice } from '#app/imports/read-invoice.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'

/** Invoices per insert; one chunk is one transaction, so a killed run continues after the last whole chunk. */
const CHUNK = 1_000

export type StageOptions = {
  path: string
  fileName: string
  profile: Profile
  /** Half of the key (source, external number). Default: the profile's. */
  source?: string | undefined
  correct?: boolean | undefined
  createdBy?: string | undefined
  onProgress?: ((staged: { bytesRead: number; bytesTotal: number; rows: number }) => void) | undefined
}

export type Staged =
  | { ok: true; batchId: string; resumedAfterRows: number }
  | { ok: false; problem: FileProblem }

/**
 * Reads a file into import_batch and import_row, nothing into the books. The same file with the same profile and
 * source continues where a killed run stopped, or finds its batch again while that is not committed.
 */
export async function stageFile(options: StageOptions): Promise<Staged> {
  const bytesTotal = (await stat(options.path)).size
  const fileSha256 = await hashFile(options.path)
  let bytesRead = 0
  const stream = createReadStream(options.path)
  stream.on('data', (chunk) => {
    bytesRead += chunk.length
  })
  const records = csvRecords(stream, options.profile)
  let batchId: string | undefined
  try {
    const layout = await readHeader(options.profile, records)
    const batch = await findOrCreateBatch(options, fileSha256)
    batchId = batch.id
    if (batch.rowsTotal > 0) return { ok: true, batchId, resumedAfterRows: batch.rowsTotal }
    const report = (rows: number): void => options.onProgress?.({ bytesRead, bytesTotal, rows })
    await stageRows(batch, layout, records, report)
    return { ok: true, batchId, resumedAfterRows: batch.rowsStaged }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    if (batchId !== undefined) await db.importBatch.deleteMany({ where: { id: batchId, state: 'staging' } })
    return { ok: false, problem: error.problem }
  } finally {
    stream.destroy()
  }
}

/** The first record of a file as column names; what the mapping page shows. */
export async function readColumns(
  path: string,
  format: Pick<Profile, 'delimiter' | 'encoding'>,
): Promise<{ ok: true; columns: string[] } | { ok: false; problem: FileProblem }> {
  const stream = createReadStream(path)
  try {
    const header = await csvRecords(stream, format).next()
    return { ok: true, columns: header.done ? [] : header.value.cells.map((cell) => cell.trim()) }
  } catch (error) {
    if (error instanceof UnreadableFile) return { ok: false, problem: error.problem }
    throw error
  } finally {
    stream.destroy()
  }
}

async function readHeader(profile: Profile, records: AsyncGenerator<FileRecord>): Promise<Layout> {
  const header = await records.next()
  if (header.done) throw new UnreadableFile('FILE_EMPTY', 1, 'The file is empty. Choose another file.')
  const laid = layoutOf(profile, header.value)
  if (!laid.ok) throw new UnreadableFile(laid.problem.code, laid.problem.line, laid.problem.message)
  return laid.layout
}

type StagingBatch = { id: string; rowsStaged: number; rowsTotal: number }

async function findOrCreateBatch(options: StageOptions, fileSha256: string): Promise<StagingBatch> {
  const source = options.source ?? options.profile.source
  const correct = options.correct ?? false
  const mappingHash = hashOf(options.profile)
  const unfinished = await db.importBatch.findMany({
    where: { fileSha256, source, state: { not: 'committed' } },
    orderBy: { createdAt: 'desc' },
  })
  const found = unfinished.find(({ mapping }) => {
    const parsed = parseProfile(mapping)
    return parsed.ok && hashOf(parsed.profile) === mappingHash
  })
  const now = await readNow()
  if (found !== undefined) {
    if (found.state !== 'committing')
      await db.importBatch.update({ where: { id: found.id }, data: { correct, updatedAt: now } })
    return found
  }
  return db.importBatch.create({
    data: {
      id: newId<'bat'>(),
      kind: options.profile.kind,
      source,
      fileName: options.fileName.slice(0, 200),
      fileSha256,
      mapping: options.profile,
      correct,
      state: 'staging',
      totals: {},
      createdBy: options.createdBy ?? null,
      createdAt: now,
      updatedAt: now,
    },
  })
}

async function stageRows(
  batch: StagingBatch,
  layout: Layout,
  records: AsyncGenerator<FileRecord>,
  report: (rows: number) => void,
): Promise<void> {
  let staged = batch.rowsStaged
  let passed = 0
  let chunk: StagedRow[] = []
  let chunkRecords = 0
  const flush = async (): Promise<void> => {
    await writeChunk(batch.id, staged, chunkRecords, chunk)
    staged += chunkRecords
    chunk = []
    chunkRecords = 0
    report(staged)
  }
  for await (const group of groupByInvoice(layout, records)) {
    passed += group.length
    if (passed <= batch.rowsStaged) continue
    chunk.push(rowOf(group, readInvoice(layout, group)))
    chunkRecords += group.length
    if (chunk.length >= CHUNK) await flush()
  }
  if (passed === 0)
    throw new UnreadableFile('FILE_EMPTY', 1, 'The file has a header and no rows. Choose another file.')
  if (chunk.length > 0) await flush()
  await db.importBatch.update({
    where: { id: batch.id },
    data: { rowsTotal: staged, updatedAt: await readNow() },
  })
}

type StagedRow = { lineNo: number; data: unknown; errors: unknown }

function rowOf(group: readonly FileRecord[], read: ReadInvoice): StagedRow {
  const lineNo = group[0]?.line ?? 0
  return read.ok
    ? { lineNo, data: read.invoice, errors: [] }
    : { lineNo, data: null, errors: read.errors.slice(0, 100) }
}

async function writeChunk(
  batchId: string,
  stagedBefore: number,
  records: number,
  rows: readonly StagedRow[],
): Promise<void> {
  await withTransaction(async (tx) => {
    const moved = await tx.importBatch.updateMany({
      where: { id: batchId, state: 'staging', rowsStaged: stagedBefore },
      data: { rowsStaged: stagedBefore + records },
    })
    if (moved.count !== 1) throw new Error('this file is being staged by another run at the same time')
    await tx.$executeRaw`
      INSERT INTO import_row (batch_id, line_no, data, errors, effect)
      SELECT ${batchId}::uuid, r."lineNo", nullif(r.data, 'null'::jsonb), r.errors,
             CASE WHEN r.errors = '[]'::jsonb THEN NULL ELSE 'bad' END
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("lineNo" integer, data jsonb, errors jsonb)`
  })
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
