import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { encodeId } from '#app/books/ids.ts'
import { BatchState } from '#app/components/imports/batch-state.tsx'
import { StaffPaymentState } from '#app/components/payments/staff-payment-state.tsx'
import { exceptionCaseViews } from '#app/components/reconciliation/exception-view.ts'
import { StaffTasks } from '#app/components/staff-home/staff-tasks.tsx'
import { lagFacts, moneyFigures, troubleRows } from '#app/components/staff-home/today-view.ts'
import { listBatches } from '#app/imports/batch-queries.server.ts'
import { sumReceivables } from '#app/invoices/customer-balances.server.ts'
import { readChainQueue } from '#app/ledger/chain-queue.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { countOpenBankLines } from '#app/payments/bank-statements/bank-queries.server.ts'
import { countUnanswered } from '#app/payments/chargebacks/chargeback-queries.server.ts'
import { countCreditRequests } from '#app/payments/credits/credit-requests.server.ts'
import { countLinksInReview } from '#app/payments/linked-banks/links/bank-link-queries.server.ts'
import { sumReceived } from '#app/payments/overview/received-payments.server.ts'
import { listTroubles } from '#app/payments/overview/troubled-payments.server.ts'
import { countWaitingRefunds } from '#app/payments/refunds/refund-queries.server.ts'
import { readWebhookBacklog } from '#app/payments/webhooks/webhook-backlog.server.ts'
import { countWaitingWriteOffs } from '#app/payments/write-offs/write-offs.server.ts'
import { listTaskLoads, readWorkerLife } from '#app/platform/job-queue.server.ts'
import { addDays, formatBusinessDate, formatInstant } from '#app/platform/time.ts'
import { countOpenExceptions, listExceptions } from '#app/reconciliation/exception-queries.server.ts'
import { FactTable } from '#app/ui/fact-table.tsx'
import { FigureGrid } from '#app/ui/figure-grid.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/today.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Today' }]

const SHOWN_CASES = 5
const SHOWN_IMPORTS = 3

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const { today, now, locale, timeZone } = reading
  const [troubles, cases, caseCount, receivables, received] = await Promise.all([
    listTroubles(),
    listExceptions({ isOpen: true, after: null, take: SHOWN_CASES }),
    countOpenExceptions(),
    sumReceivables(today),
    sumReceived(addDays(today, -6), today),
  ])
  const [loads, workers, chain, inbox, imports] = await Promise.all([
    listTaskLoads(),
    readWorkerLife(),
    readChainQueue(),
    readWebhookBacklog(),
    listBatches(null),
  ])
  const [refunds, chargebacks, writeOffs, creditRequests, bankLines, bankLinks] = await Promise.all([
    countWaitingRefunds(),
    countUnanswered(),
    countWaitingWriteOffs(),
    countCreditRequests(),
    countOpenBankLines(),
    countLinksInReview(),
  ])
  return {
    tasks: { refunds, chargebacks, writeOffs, creditRequests, bankLines, bankLinks },
    day: formatBusinessDate(today, locale),
    troubles: troubleRows(troubles, locale, now),
    cases: exceptionCaseViews(cases.cases, reading),
    caseCount,
    figures: moneyFigures(receivables, received, locale),
    lags: lagFacts(loads, chain, inbox, now),
    isWorkerDown: workers.living === 0,
    imports: imports.batches.slice(0, SHOWN_IMPORTS).map((batch) => ({
      id: encodeId('bat', batch.id),
      fileName: batch.fileName,
      at: formatInstant(batch.createdAt, timeZone, locale),
      state: batch.state,
      bad: String(batch.rowsBad),
    })),
  }
}

export default function Today({ loaderData }: Route.ComponentProps): ReactNode {
  const { day, figures, lags, isWorkerDown, imports, troubles, caseCount, tasks } = loaderData
  const isCalm = [troubles.length, caseCount, ...Object.values(tasks)].every((count) => count === 0)
  return (
    <>
      <PageHeader title="Today" lead={day} />
      <div className="stack">
        {isWorkerDown && (
          <Notice tone="brick" title="No worker is running">
            <p>
              Jobs wait until one starts. <Link to="/staff/queues">See the queues</Link>
            </p>
          </Notice>
        )}
        {isCalm && (
          <Notice tone="accent">
            <p>Nothing waits for you: no payment is stuck, no case is open, and every request is answered.</p>
          </Notice>
        )}
      </div>
      <StaffTasks counts={tasks} />
      <Cases {...loaderData} />
      <Troubles troubles={troubles} />
      <section className="section" aria-labelledby="figures">
        <h2 id="figures">Owed and received</h2>
        {figures.length === 0 ? <p className="muted">Nothing is open.</p> : <FigureGrid figures={figures} />}
      </section>
      <div className="columns columns--even section">
        <section aria-labelledby="lags" className="stack-s">
          <h2 id="lags">Queues</h2>
          <KeyValues facts={lags.map(([name, value]) => ({ key: name, name, value }))} />
          <p className="small">
            <Link to="/staff/queues">All queues</Link>
          </p>
        </section>
        <section aria-labelledby="imports" className="stack-s">
          <h2 id="imports">Last imports</h2>
          {imports.length === 0 && <p className="muted">No file was imported yet.</p>}
          <KeyValues
            facts={imports.map(({ id, fileName, state, bad, at }) => ({
              key: id,
              name: (
                <>
                  <Link to={`/staff/imports/${id}`}>{fileName}</Link>
                  <span className="line tiny">{at}</span>
                </>
              ),
              value: <BatchState state={state} bad={bad} />,
            }))}
          />
          <p className="small">
            <Link to="/staff/imports">All imports</Link>
          </p>
        </section>
      </div>
    </>
  )
}

function Cases({ cases, caseCount }: Route.ComponentProps['loaderData']): ReactNode {
  if (caseCount === 0) return null
  return (
    <section className="section" aria-labelledby="cases">
      <div className="section__head">
        <h2 id="cases">{caseCount === 1 ? '1 case waits for you' : `${caseCount} cases wait for you`}</h2>
        <Link to="/staff/exceptions">All cases</Link>
      </div>
      <ul className="to-do">
        {cases.map((each) => (
          <li key={each.id}>
            <div className="grow">
              <strong>{each.title}</strong>
              <p className="small muted">
                {each.why} {each.next}
              </p>
            </div>
            <CaseLink of={each} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function CaseLink({ of }: { of: Route.ComponentProps['loaderData']['cases'][number] }): ReactNode {
  if (of.payment) return <Link to={`/staff/payments/${of.payment.id}`}>Payment {of.payment.number}</Link>
  if (of.lineHref) return <Link to={of.lineHref}>The movement at the bank</Link>
  return (
    <Link to="/staff/exceptions">
      See the case<span className="sr-only">: {of.title}</span>
    </Link>
  )
}

function Troubles({ troubles }: { troubles: Route.ComponentProps['loaderData']['troubles'] }): ReactNode {
  if (troubles.length === 0) return null
  return (
    <section className="section" aria-labelledby="troubles">
      <h2 id="troubles">Payments that need a look</h2>
      <FactTable
        caption="Payments that are unknown, stuck or unusual"
        columns={[
          { key: 'number', label: 'Payment' },
          { key: 'customer', label: 'Customer' },
          { key: 'state', label: 'State' },
          { key: 'why', label: 'Why it is here' },
          { key: 'since', label: 'For', nowrap: true },
          { key: 'read', label: 'Last read', nowrap: true },
          { key: 'amount', label: 'Amount', amount: true },
        ]}
        rows={troubles.map((each) => ({
          key: each.id,
          cells: [
            <Link key="number" to={`/staff/payments/${each.id}`}>
              {each.number}
            </Link>,
            each.customer,
            <StaffPaymentState key="state" standing={each.standing} />,
            each.why,
            each.since,
            each.lastRead,
            each.amount,
          ],
        }))}
      />
    </section>
  )
}
