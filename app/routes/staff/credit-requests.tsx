import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { creditRequestRow } from '#app/components/credits/credit-requests.tsx'
import { DecisionQueue } from '#app/components/decisions/decision-queue.tsx'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { decideCreditRequest, listCreditRequests } from '#app/payments/credits/credit-requests.server.ts'
import { answerQueueForm, queueLinks, readQueueAddress } from '#app/routes/staff/decision-queue.server.ts'
import type { Route } from './+types/credit-requests.ts'

const PAGE = '/staff/credit-requests'
const QUEUE = {
  page: PAGE,
  prefix: 'crq',
  done: { approve: 'The credit is used.', decline: 'The request is declined.' },
  noteNeeded: 'Say in a few words why not: the buyer reads it.',
} as const

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const part = readQueueAddress(request, QUEUE)
  const { requests, next } = await listCreditRequests({ customerId: null, ...part })
  return {
    ...{ isOpen: part.isOpen, done: part.done },
    rows: requests.map((each) => creditRequestRow(each, reading)),
    ...queueLinks(QUEUE, part, next),
  }
}

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  return answerQueueForm(await request.formData(), QUEUE, (id, answer) =>
    decideCreditRequest(id, answer, person.id),
  )
}

export default function CreditRequests({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { rows, ...queue } = loaderData
  return (
    <DecisionQueue
      title="Requests to use credit"
      lead="Buyers who want to use credit where you look at it first."
      page={PAGE}
      tabs="Requests"
      empty={{ waiting: 'Nobody waits for an answer', decided: 'No request was decided yet' }}
      refused={actionData}
      {...queue}
      asked={rows.map(({ id, state, note, ...row }) => ({
        ...{ id, state, note },
        heading: `${row.amount} of ${row.credit} on ${row.invoiceNumber}`,
        facts: (
          <>
            <Link to={`/staff/customers/${row.customerId}/credits`}>{row.customerName}</Link>, asked {row.at}.{' '}
            <Link to={`/staff/invoices/${row.invoiceId}`}>The invoice</Link>
          </>
        ),
        yes: state === 'requested' ? `Use ${row.amount}` : null,
      }))}
    />
  )
}
