import { readFile, stat } from 'node:fs/promises'
import { encodeId, newId, type PersonId } from '#app/books/ids.ts'
import { csvRecords, UnreadableFile } from '#app/imports/csv-records.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import {
  type AccountStatement,
  lastFour,
  requireBalance,
  StatementUnreadable,
} from '#app/payments/bank-statements/bank-statement.ts'
import { readBai2 } from '#app/payments/bank-statements/formats/read-bai2.ts'
import { readCamt053 } from '#app/payments/bank-statements/formats/read-camt053.ts'
import {
  type CsvChoices,
  readStatementCsv,
} from '#app/payments/bank-statements/formats/read-statement-csv.ts'
import { lineIdentities } from '#app/payments/bank-statements/line-keys.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'
import { sha256 } from '#app/platform/sha256.server.ts'
import { toDatabaseDate } from '#app/platform/time.ts'

/** Larger than a year of a busy account; read at once, so bounded. */
export const LARGEST_STATEMENT_BYTES = 10_000_000
const LINES_PER_INSERT = 1_000

export type ImportStatement = {
  readonly file: { readonly path: string; readonly name: string }
  readonly choices: CsvChoices
  readonly personId: PersonId
}

/** What came of a file: how many movements are new, and how many were known from other files. */
export type ImportedStatements =
  | { readonly ok: true; readonly fresh: number; readonly known: number; readonly isRepeated: boolean }
  | { readonly ok: false; readonly problem: string }

/**
 * Takes a bank statement in: all of it or nothing. The same file again changes nothing, and a movement that an overlapping file
 * brought before is not brought again.
 */
export async function importStatement({
  file,
  choices,
  personId,
}: ImportStatement): Promise<ImportedStatements> {
  if ((await stat(file.path)).size > LARGEST_STATEMENT_BYTES)
    return { ok: false, problem: 'The file is larger than 10 MB. Import it in parts.' }
  const bytes = await readFile(file.path)
  try {
    const statements = (await readStatements(bytes, choices)).map(requireBalance)
    return { ok: true, ...(await store(statements, bytes, file.name, personId)) }
  } catch (error) {
    if (error instanceof StatementUnreadable) return { ok: false, problem: error.message }
    if (error instanceof UnreadableFile)
      return { ok: false, problem: `Line ${error.problem.line}: ${error.problem.message}` }
    throw error
  }
}

/** The statements in a file; its first characters say what kind it is. */
async function readStatements(bytes: Buffer, choices: CsvChoices): Promise<AccountStatement[]> {
  const start = bytes
    .subarray(0, 200)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()
  if (start.startsWith('<')) return readCamt053(decode(bytes, encodingOf(start)))
  if (/^01,/.test(start)) return readBai2(decode(bytes, 'windows-1252'))
  return [
    await readStatementCsv(csvRecords(chunks(bytes), { delimiter: 'auto', encoding: 'utf-8' }), choices),
  ]
}

async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}

function encodingOf(start: string): string {
  const declared = /^<\?xml[^>]*encoding=["']([A-Za-z0-9_-]+)["']/.exec(start)?.[1]?.toLowerCase() ?? 'utf-8'
  return declared === 'iso-8859-1' || declared === 'latin1' ? 'windows-1252' : declared
}

function decode(bytes: Buffer, encoding: string): string {
  try {
    if (!['utf-8', 'windows-1252'].includes(encoding)) throw new TypeError(encoding)
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new StatementUnreadable('The characters of the file cannot be read. Ask the bank for it in UTF-8.')
  }
}

type Stored = { fresh: number; known: number; isRepeated: boolean }

async function store(
  statements: readonly AccountStatement[],
  bytes: Buffer,
  fileName: string,
  personId: PersonId,
): Promise<Stored> {
  const fileHash = sha256(bytes)
  const now = await readNow()
  return withTransaction(
    async (tx) => {
      const sum: Stored = { fresh: 0, known: 0, isRepeated: true }
      for (const statement of statements) {
        // A file of several accounts is one statement for each of them.
        const fileSha256 =
          statements.length === 1
            ? fileHash
            : sha256(`${fileHash} ${statement.account} ${statement.currency}`)
        const { count: created } = await tx.bankStatement.createMany({
          data: [
            {
              id: newId<'bst'>(),
              fileSha256,
              ...columnsOf(statement),
              fileName: fileName.slice(0, 200),
              createdBy: personId,
              createdAt: now,
            },
          ],
          skipDuplicates: true,
        })
        if (created === 0) continue
        const { id } = await tx.bankStatement.findUniqueOrThrow({
          where: { fileSha256 },
          select: { id: true },
        })
        const rows = rowsOf(statement, id)
        let fresh = 0
        for (let from = 0; from < rows.length; from += LINES_PER_INSERT) {
          const chunk = rows.slice(from, from + LINES_PER_INSERT)
          fresh += (await tx.bankLine.createMany({ data: chunk, skipDuplicates: true })).count
        }
        sum.isRepeated = false
        sum.fresh += fresh
        sum.known += rows.length - fresh
        await recordAudit(
          {
            ...{
              actorKind: 'staff',
              actorId: personId,
              action: 'bank.statement-imported',
              subjectId: encodeId('bst', id),
            },
            detail: { format: statement.format, lines: rows.length, fresh },
          },
          tx,
        )
      }
      return sum
    },
    { timeoutMs: 60_000 },
  )
}

function columnsOf({ format, account, currency, fromOn, toOn, opening, closing }: AccountStatement) {
  return {
    ...{ format, currency, accountLast4: lastFour(account) },
    fromOn: fromOn && toDatabaseDate(fromOn),
    toOn: toOn && toDatabaseDate(toOn),
    openingMinor: opening?.minor ?? null,
    closingMinor: closing?.minor ?? null,
  }
}

function rowsOf(statement: AccountStatement, statementId: string) {
  const identities = lineIdentities(statement)
  return statement.lines.map((line, index) => ({
    ...{ id: newId<'bln'>(), statementId, lineNo: index + 1, lineKey: sha256(identities[index] ?? '') },
    bookedOn: toDatabaseDate(line.bookedOn),
    valueOn: line.valueOn && toDatabaseDate(line.valueOn),
    ...{ amountMinor: line.amount.minor, currency: line.amount.currency },
    ...{ counterparty: line.counterparty, reference: line.reference, description: line.description },
  }))
}
