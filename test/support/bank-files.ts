import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asId, type BankLineId } from '#app/books/ids.ts'
import type { CsvChoices } from '#app/payments/bank-statements/formats/read-statement-csv.ts'
import {
  type ImportedStatements,
  importStatement,
} from '#app/payments/bank-statements/import-statement.server.ts'
import { db } from '#app/platform/db.server.ts'
import { CLERK, usd } from '#test/support/cash.ts'

/** Imports a bank file with this content, as staff would. */
export async function importText(
  text: string,
  choices: Partial<CsvChoices> = {},
): Promise<ImportedStatements> {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-bank-'))
  const path = join(folder, 'statement')
  await writeFile(path, text)
  try {
    return await importStatement({
      file: { path, name: 'statement.csv' },
      choices: { currency: usd(0n).currency, account: '8219', dateFormat: 'auto', ...choices },
      personId: CLERK,
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A CSV statement with these movements: day, amount, payer, text. */
export function csvOf(rows: readonly (readonly [string, string, string, string])[]): string {
  return [
    'Date,Amount,Name,Reference,Description',
    ...rows.map(([day, amount, name, text]) => `${day},${amount},${name},,${text}`),
  ].join('\n')
}

let days = 0

/** One movement on the bank account, alone on its statement; answers its id. */
export async function bankMovement(amount: string, name: string, text: string): Promise<BankLineId> {
  // Every movement differs from every other one by its text.
  days += 1
  const description = `${text} (${days})`
  const imported = await importText(csvOf([['2026-02-27', amount, name, description]]))
  if (!imported.ok || imported.fresh !== 1) throw new Error('the movement was not imported')
  const line = await db.bankLine.findFirstOrThrow({ where: { description } })
  return asId<'bln'>(line.id)
}
