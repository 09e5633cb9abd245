import type { ReactNode } from 'react'
import { CreditForm } from '#app/components/credits/credit-form.tsx'
import { CreditRequestTable, creditRequestRow } from '#app/components/credits/credit-requests.tsx'
import { CreditTable } from '#app/components/credits/credit-table.tsx'
import { listCredits } from '#app/invoices/credit-queries.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { listCreditRequests } from '#app/payments/credits/credit-requests.server.ts'
import { answerCreditForm, creditDone, creditForms } from '#app/routes/credit-page.server.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/credits.ts'

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const reading = await readingFor(request)
  const mayUse = customer.rights.includes('pay')
  const [credits, { requests }, forms] = await Promise.all([
    listCredits(customer.id, reading.locale),
    listCreditRequests({ customerId: customer.id, isOpen: null, after: null }),
    mayUse ? creditForms(customer.id, 'buyer', reading) : [],
  ])
  return {
    ...{ base: `/c/${params.customerId}`, credits, forms },
    done: creditDone(new URL(request.url).searchParams.get('done')),
    requests: requests.map((each) => creditRequestRow(each, reading)),
  }
}

export async function action({ request, params }: Route.ActionArgs) {
  const { person, customer } = await requireBuyer(request, params.customerId, 'pay')
  const form = await request.formData()
  return answerCreditForm(form, `/c/${params.customerId}/credits`, customer.id, {
    kind: 'buyer',
    personId: person.id,
  })
}

export default function Credits({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { credits, base, forms, requests, done } = loaderData
  const problems = actionData?.problems ?? []
  return (
    <div className="stack-l">
      <title>{titleWithErrors('Credit not used', problems.length > 0)}</title>
      <PageHeader
        title="Credit not used"
        lead="Credit memos and money that you paid beyond what was open. It stays yours until it is used or paid back."
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
        <CreditTable credits={credits} base={base} />
      )}
      {forms.map((view) => (
        <CreditForm key={view.currency} view={view} answer={actionData ?? null} />
      ))}
      {requests.length > 0 && (
        <section className="stack" aria-labelledby="requests">
          <h2 id="requests">What you asked for</h2>
          <CreditRequestTable rows={requests} />
        </section>
      )}
    </div>
  )
}
