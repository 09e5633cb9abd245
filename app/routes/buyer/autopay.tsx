import type { ReactNode } from 'react'
import { data, redirect } from 'react-router'
import { decodeId } from '#app/books/ids.ts'
import { REFUSALS, type Result, refuse } from '#app/books/refusals.ts'
import { DebitLog, NextDebits, SKIP_INTENT } from '#app/components/autopay/autopay-debits.tsx'
import {
  AutopayOrder,
  END_INTENT,
  PAUSE_INTENT,
  RESUME_INTENT,
} from '#app/components/autopay/autopay-order.tsx'
import { autopayOrderView, autopayRunView } from '#app/components/autopay/autopay-view.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { listOrders, listRuns } from '#app/payments/autopay/autopay-queries.server.ts'
import { endAutopay, pauseAutopay, resumeAutopay } from '#app/payments/autopay/orders/change-order.server.ts'
import { skipDebit } from '#app/payments/autopay/skip-debit.server.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/autopay.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Autopay' }]

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const reading = await readingFor(request)
  const [orders, { ahead, log }] = await Promise.all([listOrders(customer.id), listRuns(customer.id)])
  return {
    base: `/c/${params.customerId}`,
    canPay: customer.rights.includes('pay'),
    orders: orders.map((order) => autopayOrderView(order, reading)),
    ahead: ahead.map((run) => autopayRunView(run, reading.locale)),
    log: log.map((run) => autopayRunView(run, reading.locale)),
  }
}

/** Pauses, resumes or ends an order, or skips a debit. */
export async function action({ request, params }: Route.ActionArgs) {
  const { person, customer } = await requireBuyer(request, params.customerId, 'pay')
  const form = await request.formData()
  const result = await act(form, { customerId: customer.id, personId: person.id })
  if (result.ok) throw redirect(`/c/${params.customerId}/autopay`, 303)
  const { status, sentence } = REFUSALS[result.refusal.code]
  return data({ sentence }, { status })
}

type Actor = Pick<Parameters<typeof skipDebit>[0], 'customerId' | 'personId'>

async function act(form: FormData, actor: Actor): Promise<Result<object>> {
  const enrollmentId = decodeId('aut', String(form.get('order') ?? ''))
  const runId = decodeId('run', String(form.get('run') ?? ''))
  const intent = form.get('intent')
  if (intent === SKIP_INTENT)
    return runId === null ? refuse('AUTOPAY_NOT_FOUND') : skipDebit({ ...actor, runId })
  if (enrollmentId === null) return refuse('AUTOPAY_NOT_FOUND')
  if (intent === PAUSE_INTENT) return pauseAutopay({ ...actor, enrollmentId })
  if (intent === RESUME_INTENT) return resumeAutopay({ ...actor, enrollmentId })
  if (intent === END_INTENT) return endAutopay({ ...actor, enrollmentId })
  return refuse('FORM_NOT_READABLE')
}

export default function Autopay({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { base, canPay, orders, ahead, log } = loaderData
  const setupHref = `${base}/autopay/setup`
  return (
    <>
      <PageHeader
        title="Autopay"
        lead="Pays your invoices by itself, within a limit that you set, after a notice that you can answer by skipping."
      >
        {canPay && orders.length === 0 && <ButtonLink to={setupHref}>Set up autopay</ButtonLink>}
      </PageHeader>
      <div className="stack-l">
        {actionData && <Notice tone="brick" live="assertive" title={actionData.sentence} />}
        {orders.length === 0 && (
          <EmptyState title="Autopay is not set up">
            <p className="muted">Your invoices are paid when you pay them.</p>
          </EmptyState>
        )}
        {orders.map((order) => (
          <AutopayOrder key={order.id} order={order} setupHref={canPay ? setupHref : null} />
        ))}
      </div>
      {(orders.length > 0 || ahead.length > 0) && (
        <section className="section" id="debits">
          <h2>Next debits</h2>
          {ahead.length === 0 ? (
            <p className="muted">No debit is announced. You get a letter before each one.</p>
          ) : (
            <NextDebits runs={ahead} base={base} canSkip={canPay} />
          )}
        </section>
      )}
      {log.length > 0 && (
        <section className="section">
          <h2>Debits so far</h2>
          <DebitLog runs={log} base={base} payments={`${base}/payments`} />
        </section>
      )}
    </>
  )
}
