import type { ReactNode } from 'react'
import { encodeId } from '#app/books/ids.ts'
import { formatMoney } from '#app/money/format.ts'
import type { CreditRequestView, RequestState } from '#app/payments/credits/credit-request.ts'
import { formatInstant } from '#app/platform/time.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { FactTable } from '#app/ui/fact-table.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { type Shape, StatusTag, type Tone } from '#app/ui/status-tag.tsx'

const STATE_TAGS: Readonly<Record<RequestState, readonly [string, Tone, Shape]>> = {
  requested: ['Waiting', 'amber', 'ring'],
  approved: ['Agreed', 'accent', 'disc'],
  declined: ['Declined', 'brick', 'square'],
}

/** How a request stands, in a word and a shape. */
export function RequestStateTag({ state }: { state: RequestState }): ReactNode {
  const [words, tone, shape] = STATE_TAGS[state]
  return (
    <StatusTag tone={tone} shape={shape}>
      {words}
    </StatusTag>
  )
}

/** A request as pages show it; amounts and times are formatted. */
export function creditRequestRow(
  request: CreditRequestView,
  { locale, timeZone }: { locale: string; timeZone: string },
) {
  const { credit, invoiceNumber, state, note, customerName } = request
  return {
    ...{ credit, invoiceNumber, state, note: note ?? '', customerName },
    id: encodeId('crq', request.id),
    customerId: encodeId('cst', request.customerId),
    invoiceId: encodeId('inv', request.invoiceId),
    amount: formatMoney(request.amount, locale),
    at: formatInstant(request.createdAt, timeZone, locale),
  }
}
export type CreditRequestRow = ReturnType<typeof creditRequestRow>

/** What the buyer asked for, and what came of it. */
export function CreditRequestTable({ rows }: { rows: readonly CreditRequestRow[] }): ReactNode {
  return (
    <FactTable
      caption="Requests to use credit"
      columns={[
        { key: 'credit', label: 'Credit' },
        { key: 'invoice', label: 'Invoice' },
        { key: 'at', label: 'Asked', nowrap: true },
        { key: 'state', label: 'State' },
        { key: 'note', label: 'Note' },
        { key: 'amount', label: 'Amount', amount: true },
      ]}
      rows={rows.map((row) => ({
        key: row.id,
        cells: [
          row.credit,
          row.invoiceNumber,
          row.at,
          <RequestStateTag key="state" state={row.state} />,
          row.note,
          row.amount,
        ],
      }))}
    />
  )
}

/** Yes or no to a request; a no needs a note, which the one who asked will read. */
export function DecisionForm({
  id,
  yes,
  typed,
  error,
}: {
  id: string
  yes: string
  typed: string
  error: string | undefined
}): ReactNode {
  return (
    <ActionForm className="stack-s" noValidate>
      <input type="hidden" name="request" value={id} />
      <TextInput
        id={`note-${id}`}
        name="note"
        label="Note"
        hint="Needed for a no. Whoever asked can read it."
        maxLength={500}
        autoComplete="off"
        defaultValue={typed}
        error={error}
      />
      <div className="row">
        <Button name="act" value="approve" pendingLabel="Booking…">
          {yes}
        </Button>
        <Button variant="secondary" name="act" value="decline">
          Decline
        </Button>
      </div>
    </ActionForm>
  )
}
