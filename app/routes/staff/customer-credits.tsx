import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { CreditForm } from '#app/components/credits/credit-form.tsx'
import { CreditTable } from '#app/components/credits/credit-table.tsx'
import { listCredits } from '#app/invoices/credit-queries.server.ts'
import { findCustomerFile } from '#app/parties/customer-people.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, readCustomerId, requireStaff } from '#app/parties/require.server.ts'
import { answerCreditForm, creditDone, creditForms } from '#app/routes/credit-page.server.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/customer-credits.ts'

async function requireCustomer(text: string) {
  const id = readCustomerId(text)
  const file = id && (await findCustomerFile(id))
  if (!file) throw notFound()
  return file
}

export async function loader({ request, params }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const { id, name } = await requireCustomer(params.customerId)
  const [credits, forms] = await Promise.all([
    listCredits(id, reading.locale),
    creditForms(id, 'staff', reading),
  ])
  const done = creditDone(new URL(request.url).searchParams.get('done'))
  return { customer: { id: params.customerId, name }, credits, forms, done }
}

export async function action({ request, params }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  const { id } = await requireCustomer(params.customerId)
  const page = `/staff/customers/${params.customerId}/credits`
  return answerCreditForm(await request.formData(), page, id, { kind: 'staff', personId: person.id })
}

export default function CustomerCredits({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { customer, credits, forms, done } = loaderData
  const problems = actionData?.problems ?? []
  return (
    <div className="stack-l">
      <title>{titleWithErrors(`Credit of ${customer.name}`, problems.length > 0)}</title>
      <PageHeader
        kicker={<Link to={`/staff/customers/${customer.id}`}>{customer.name}</Link>}
        title="Credit not used"
        lead="Credit memos, and money that came beyond what was open."
      />
      <ErrorSummary problems={problems} />
      {done !== null && problems.length === 0 && (
        <Notice tone="accent" live="polite">
          <p>{done}</p>
        </Notice>
      )}
      {credits.length === 0 ? (
        <EmptyState title="There is no unused credit" />
      ) : (
        <CreditTable credits={credits} base="/staff" />
      )}
      {forms.map((view) => (
        <CreditForm key={view.currency} view={view} answer={actionData ?? null} />
      ))}
    </div>
  )
}
