import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { encodeId } from '#app/books/ids.ts'
import { DecisionQueue } from '#app/components/decisions/decision-queue.tsx'
import { formatMoney } from '#app/money/format.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { coversRole } from '#app/parties/rights.ts'
import { writeOffReasonWords } from '#app/payments/write-offs/write-off.ts'
import { decideWriteOff, listWriteOffs } from '#app/payments/write-offs/write-offs.server.ts'
import { formatInstant } from '#app/platform/time.ts'
import { answerQueueForm, queueLinks, readQueueAddress } from '#app/routes/staff/decision-queue.server.ts'
import type { Route } from './+types/write-offs.ts'

const PAGE = '/staff/write-offs'
const QUEUE = {
  page: PAGE,
  prefix: 'wof',
  done: { approve: 'The part is written off.', decline: 'The request is declined.' },
  noteNeeded: 'Say in a few words why not: whoever asked reads it.',
} as const

export async function loader({ request }: Route.LoaderArgs) {
  const person = await requireStaff(request, 'clerk')
  const { locale, timeZone } = await readingFor(request)
  const part = readQueueAddress(request, QUEUE)
  const { writeOffs, next } = await listWriteOffs(part)
  const isManager = coversRole(person.staffRole, 'manager')
  return {
    ...{ isOpen: part.isOpen, done: part.done },
    rows: writeOffs.map(({ state, ...each }) => ({
      ...{ number: each.invoiceNumber, customer: each.customerName, state, note: each.note ?? '' },
      id: encodeId('wof', each.id),
      invoiceId: encodeId('inv', each.invoiceId),
      amount: formatMoney(each.amount, locale),
      payable: formatMoney(each.payable, locale),
      reason: writeOffReasonWords(each.reason),
      asked: `${each.requestedByName}, ${formatInstant(each.createdAt, timeZone, locale)}`,
      mayDecide: isManager && state === 'requested' && each.requestedBy !== person.id,
    })),
    ...queueLinks(QUEUE, part, next),
  }
}

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'manager')
  return answerQueueForm(await request.formData(), QUEUE, (id, answer) =>
    decideWriteOff(id, answer, person.id),
  )
}

export default function WriteOffs({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { rows, ...queue } = loaderData
  return (
    <DecisionQueue
      title="Write-offs"
      lead="What is too much for one person to give up alone. A manager who did not ask for it decides."
      page={PAGE}
      tabs="Write-offs"
      empty={{ waiting: 'Nothing waits for a second person', decided: 'Nothing was decided yet' }}
      refused={actionData}
      {...queue}
      asked={rows.map(({ id, state, note, ...row }) => ({
        ...{ id, state, note },
        heading: (
          <>
            {row.amount} of <Link to={`/staff/invoices/${row.invoiceId}`}>{row.number}</Link>
          </>
        ),
        facts: `${row.customer}. ${row.reason}. ${row.payable} is payable now. Asked by ${row.asked}.`,
        yes: row.mayDecide ? `Write off ${row.amount}` : null,
      }))}
    />
  )
}
