import type { ReactNode } from 'react'
import { Link, redirect } from 'react-router'
import { JobTables } from '#app/components/staff-home/job-tables.tsx'
import {
  chainSteps,
  deploymentFacts,
  taskRows,
  troubledJobRows,
  webhookRows,
} from '#app/components/staff-home/queues-view.ts'
import { readChainQueue, readWriterBalance } from '#app/ledger/chain-queue.server.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { readWebhookBacklog } from '#app/payments/webhooks/webhook-backlog.server.ts'
import {
  listTaskLoads,
  listTroubledJobs,
  readWorkerLife,
  tryJobAgain,
} from '#app/platform/job-queue.server.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { FactTable } from '#app/ui/fact-table.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/queues.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Queues' }]

/** What the page says after an act, by the word that the address then carries. */
const DONE: Readonly<Record<string, string>> = {
  again: 'The job runs again within moments.',
  gone: 'That job is not waiting any more: it runs, or it is done.',
}

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const [loads, troubled, workers, chain, inbox] = await Promise.all([
    listTaskLoads(),
    listTroubledJobs(),
    readWorkerLife(),
    readChainQueue(),
    readWebhookBacklog(),
  ])
  const balance = chain.deployment && (await readWriterBalance(chain.deployment.writer))
  return {
    done: DONE[new URL(request.url).searchParams.get('done') ?? ''] ?? null,
    tasks: taskRows(loads),
    troubled: troubledJobRows(troubled, reading),
    living: workers.living,
    chain: chainSteps(chain, reading),
    deployment: deploymentFacts(chain, balance, reading),
    refused: chain.refused.map(({ hash, nonce, state, error }) => ({
      hash,
      nonce,
      state,
      error: error ?? '',
    })),
    inbox: webhookRows(inbox, reading),
  }
}

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  const jobId = String((await request.formData()).get('job') ?? '')
  const task = await tryJobAgain(jobId)
  if (task === null) return redirect('/staff/queues?done=gone', 303)
  await recordAudit({
    actorKind: 'staff',
    actorId: person.id,
    action: 'job.tried-again',
    subjectId: jobId,
    detail: { task },
  })
  return redirect('/staff/queues?done=again', 303)
}

export default function Queues({ loaderData }: Route.ComponentProps): ReactNode {
  const { done, tasks, troubled, living, inbox } = loaderData
  return (
    <>
      <PageHeader title="Queues" lead="What waits to be done by itself, and what could not be done.">
        <ButtonLink variant="secondary" to="/staff/exceptions">
          Exceptions
        </ButtonLink>
        <ButtonLink variant="secondary" to="/staff/audit">
          Audit log
        </ButtonLink>
      </PageHeader>
      <div className="stack">
        {done !== null && (
          <Notice tone="accent" live="polite">
            <p>{done}</p>
          </Notice>
        )}
        {living === 0 && (
          <Notice tone="brick" title="No worker is running">
            <p>Jobs wait until one starts. Paying goes on; receipts and the shared ledger wait.</p>
          </Notice>
        )}
      </div>
      <section className="section" aria-labelledby="jobs">
        <h2 id="jobs">Jobs</h2>
        <p className="muted small">
          {living === 1 ? '1 worker is running.' : `${living} workers are running.`}
        </p>
        <JobTables tasks={tasks} troubled={troubled} />
      </section>
      <ChainSection {...loaderData} />
      <section className="section" aria-labelledby="inbox">
        <h2 id="inbox">Events of the card service</h2>
        <KeyValues
          facts={[
            { key: 'waiting', name: 'Not worked off', value: inbox.summary },
            { key: 'last', name: 'Last event', value: inbox.last },
          ]}
        />
        {inbox.events.length > 0 && (
          <FactTable
            caption="Events that wait"
            columns={[
              { key: 'type', label: 'Event' },
              { key: 'id', label: 'Id' },
              { key: 'since', label: 'Waits for', nowrap: true },
              { key: 'tries', label: 'Tries', amount: true },
              { key: 'error', label: 'Last error' },
            ]}
            rows={inbox.events.map(({ id, type, since, tries, error }) => ({
              key: id,
              cells: [type, <code key="id">{id}</code>, since, tries, error],
            }))}
          />
        )}
      </section>
    </>
  )
}

function ChainSection({ chain, deployment, refused }: Route.ComponentProps['loaderData']): ReactNode {
  const facts = (rows: readonly (readonly [string, string])[]) =>
    rows.map(([name, value]) => ({ key: name, name, value: <span className="wrap-anywhere">{value}</span> }))
  return (
    <section className="section" aria-labelledby="chain">
      <h2 id="chain">The shared ledger</h2>
      <div className="columns columns--even">
        <KeyValues facts={facts(chain)} />
        {deployment.length > 0 ? (
          <KeyValues facts={facts(deployment)} />
        ) : (
          <p className="muted">No ledger contract is deployed yet: events wait, and nothing is lost.</p>
        )}
      </div>
      {refused.length > 0 && (
        <FactTable
          showCaption
          caption="Transactions with trouble"
          columns={[
            { key: 'hash', label: 'Transaction' },
            { key: 'nonce', label: 'Nonce', amount: true },
            { key: 'state', label: 'State' },
            { key: 'error', label: 'What the chain said' },
          ]}
          rows={refused.map(({ hash, nonce, state, error }) => ({
            key: hash,
            cells: [<code key="hash">{hash}</code>, nonce, state, error],
          }))}
        />
      )}
      <p className="small">
        <Link to="/check">Check a receipt against the chain</Link>
      </p>
    </section>
  )
}
