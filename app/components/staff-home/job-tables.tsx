import type { ReactNode } from 'react'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FactTable } from '#app/ui/fact-table.tsx'
import type { taskRows, troubledJobRows } from './queues-view.ts'

/** Jobs by name, and each job that failed with its error and a button that lets it run now. */
export function JobTables({
  tasks,
  troubled,
}: {
  tasks: ReturnType<typeof taskRows>
  troubled: ReturnType<typeof troubledJobRows>
}): ReactNode {
  return (
    <div className="stack-l">
      {tasks.length === 0 ? (
        <EmptyState title="No job waits" />
      ) : (
        <FactTable
          caption="Jobs by name"
          columns={[
            { key: 'task', label: 'Job' },
            { key: 'waiting', label: 'Waiting', amount: true },
            { key: 'later', label: 'For later', amount: true },
            { key: 'running', label: 'Running', amount: true },
            { key: 'failing', label: 'Failing', amount: true },
            { key: 'failed', label: 'Failed for good', amount: true },
            { key: 'lag', label: 'Oldest waits', amount: true },
          ]}
          rows={tasks.map(({ task, counts, lag }) => ({ key: task, cells: [task, ...counts, lag] }))}
        />
      )}
      {troubled.length > 0 && (
        <FactTable
          showCaption
          caption="Jobs that failed"
          columns={[
            { key: 'job', label: 'Job' },
            { key: 'state', label: 'State' },
            { key: 'tries', label: 'Tries', amount: true },
            { key: 'next', label: 'Next try', nowrap: true },
            { key: 'error', label: 'Last error' },
            { key: 'act', label: 'Act' },
          ]}
          rows={troubled.map((job) => ({
            key: job.id,
            cells: [
              <span key="job" className="wrap-anywhere">
                {job.task}
                {job.key && <span className="row-note">{job.key}</span>}
              </span>,
              job.state,
              job.tries,
              job.next,
              <span key="error" className="wrap-anywhere">
                {job.error}
              </span>,
              job.canTry && (
                <ActionForm key="act">
                  <Button
                    variant="quiet"
                    name="job"
                    value={job.id}
                    pendingLabel="Trying…"
                    aria-label={`Try again now: ${job.task}, job ${job.id}`}
                  >
                    Try again now
                  </Button>
                </ActionForm>
              ),
            ],
          }))}
        />
      )}
    </div>
  )
}
