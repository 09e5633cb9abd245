import type { ReactNode } from 'react'
import type { StatementTableView } from '#app/components/statements/statement-rows.ts'
import { StatementTable } from '#app/components/statements/statement-table.tsx'
import type { Period } from '#app/statements/period.ts'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary } from '#app/ui/error-summary.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { FilterForm } from '#app/ui/filter-form.tsx'

/** The statement of an account over a period that can be chosen, one table per currency. */
export function StatementSheet({
  period,
  statements,
}: {
  period: Period
  statements: readonly StatementTableView[]
}): ReactNode {
  const problemOf = (field: string): string | undefined =>
    period.problems.find(({ fieldId }) => fieldId === field)?.message
  return (
    <div className="stack">
      <ErrorSummary problems={period.problems} />
      <FilterForm className="filters">
        <TextInput
          type="date"
          label="From"
          name="from"
          id="from"
          defaultValue={period.typedFrom}
          error={problemOf('from')}
        />
        <TextInput
          type="date"
          label="To"
          name="to"
          id="to"
          defaultValue={period.typedTo}
          error={problemOf('to')}
        />
        <div className="filters__actions">
          <Button variant="secondary">Show</Button>
        </div>
      </FilterForm>
      {statements.map((statement) => (
        <section key={statement.currency} className="section" aria-label={`In ${statement.currency}`}>
          <StatementTable {...statement} />
        </section>
      ))}
      {statements.length === 0 && (
        <EmptyState title="Nothing has happened on this account yet">
          <p className="muted">The first invoice will appear here.</p>
        </EmptyState>
      )}
    </div>
  )
}
