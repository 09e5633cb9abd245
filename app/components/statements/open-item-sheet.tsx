import type { ReactNode } from 'react'
import { AgingChart } from '#app/components/statements/aging.tsx'
import { agingView } from '#app/components/statements/aging-view.ts'
import { OpenItemTable, openItemRows } from '#app/components/statements/open-item-table.tsx'
import type { AsOf } from '#app/statements/period.ts'
import type { OpenItemStatement } from '#app/statements/statement-view.ts'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary } from '#app/ui/error-summary.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { FilterForm } from '#app/ui/filter-form.tsx'

/** An open-item statement as the sheet shows it; `base` is the area in which its invoices open. */
export function openItemSheetView(statement: OpenItemStatement, base: string, locale: string) {
  return {
    currency: statement.currency,
    asOf: statement.asOf.text,
    aging: agingView(statement, locale),
    rows: openItemRows(statement, base),
    open: statement.total.open.text,
    credit: statement.unappliedCredit.minor === '0' ? null : `−${statement.unappliedCredit.text}`,
    balance: statement.balance.text,
  }
}

type OpenItemSheetView = ReturnType<typeof openItemSheetView>

/** What was open at the end of a day that can be chosen, and how late it was, per currency. */
export function OpenItemSheet({
  day,
  today,
  statements,
}: {
  day: AsOf
  today: string
  statements: readonly OpenItemSheetView[]
}): ReactNode {
  return (
    <div className="stack">
      <ErrorSummary problems={day.problems} />
      <FilterForm className="filters">
        <TextInput
          type="date"
          label="At the end of"
          name="as-of"
          id="as-of"
          max={today}
          className="input--short"
          defaultValue={day.typed}
          error={day.problems[0]?.message}
        />
        <div className="filters__actions">
          <Button variant="secondary">Show</Button>
        </div>
      </FilterForm>
      {statements.map(({ aging, ...table }) => (
        <section key={table.currency} className="section stack-l" aria-label={`In ${table.currency}`}>
          <AgingChart aging={aging} />
          <OpenItemTable {...table} />
        </section>
      ))}
      {statements.length === 0 && (
        <EmptyState title="Nothing was open on that day">
          <p className="muted">Choose another day to look further back.</p>
        </EmptyState>
      )}
    </div>
  )
}
