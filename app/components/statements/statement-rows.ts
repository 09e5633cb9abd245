import type { StatementRow } from '#app/components/statements/statement-table.tsx'
import type { ActivityStatement } from '#app/statements/statement-view.ts'

/** One currency of an activity statement, ready for its table. */
export type StatementTableView = {
  currency: string
  from: string
  to: string
  opening: string
  closing: string
  totalDebit: string
  totalCredit: string
  rows: readonly StatementRow[]
}

/** The table of an activity statement; `base` is the area in which its documents open, `creditsHref` where its credits are. */
export function statementTableView(
  statement: ActivityStatement,
  base: string,
  creditsHref = `${base}/credits`,
): StatementTableView {
  return {
    currency: statement.currency,
    from: statement.from.text,
    to: statement.to.text,
    opening: statement.opening.text,
    closing: statement.closing.text,
    totalDebit: statement.totalDebit.text,
    totalCredit: statement.totalCredit.text,
    rows: statement.rows.map((row) => ({
      key: row.key,
      on: row.on.text,
      what: row.what,
      href: hrefOf(row.opens, base, creditsHref),
      note: row.note,
      debit: row.debit?.text ?? '',
      credit: row.credit?.text ?? '',
      balance: row.balance.text,
    })),
  }
}

function hrefOf(
  opens: ActivityStatement['rows'][number]['opens'],
  base: string,
  creditsHref: string,
): string | null {
  if (opens === null) return null
  if (opens.kind === 'credit-memo') return creditsHref
  return `${base}/${opens.kind}s/${opens.id}`
}
