import type { ReactNode } from 'react'
import { data, redirect } from 'react-router'
import { decodeId } from '#app/books/ids.ts'
import { BatchErrors } from '#app/components/imports/batch-errors.tsx'
import { BatchState } from '#app/components/imports/batch-state.tsx'
import { BatchTotals } from '#app/components/imports/batch-totals.tsx'
import { findBatch, listRowErrors } from '#app/imports/batch-queries.server.ts'
import { effectRows, formatCount, rowWords, sumRows } from '#app/imports/batch-words.ts'
import { requestCheck, requestCommit } from '#app/imports/import-jobs.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireStaff } from '#app/parties/require.server.ts'
import { formatInstant } from '#app/platform/time.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Progress } from '#app/ui/progress.tsx'
import { Refresh } from '#app/ui/refresh.tsx'
import type { Route } from './+types/imports-batch.ts'

const BAD_ROWS_PER_PAGE = 50

export async function loader({ request, params }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const id = decodeId('bat', params.batchId)
  const batch = id === null ? null : await findBatch(id)
  if (batch === null) throw notFound()
  const { locale, timeZone } = await readingFor(request)
  const page = Math.min(10_000, Math.max(1, Number(new URL(request.url).searchParams.get('page')) || 1))
  const { errors, hasMore } = await listRowErrors(batch.id, (page - 1) * BAD_ROWS_PER_PAGE, BAD_ROWS_PER_PAGE)
  const isWaiting = batch.state === 'committing' || (batch.state === 'staging' && batch.rowsTotal > 0)
  return {
    fileName: batch.fileName,
    source: batch.source,
    state: batch.state,
    isCorrecting: batch.correct,
    isWaiting,
    isCutOff: batch.state === 'staging' && batch.rowsTotal === 0,
    done: batch.rowsDone,
    total: batch.rowsTotal,
    progress: `${formatCount(batch.rowsDone, locale)} of ${formatCount(batch.rowsTotal, locale)} rows`,
    rows: rowWords(batch.rowsTotal === 0 ? batch.rowsStaged : batch.rowsTotal, locale),
    bad: formatCount(batch.rowsBad, locale),
    badRows: rowWords(batch.rowsBad, locale),
    receivedAt: formatInstant(batch.createdAt, timeZone, locale),
    bookedAt: batch.committedAt === null ? null : formatInstant(batch.committedAt, timeZone, locale),
    effects: batch.totals === null ? [] : effectRows(batch.totals, locale),
    invoices: batch.totals === null ? [] : sumRows(batch.totals.invoices, locale),
    payments: batch.totals === null ? [] : sumRows(batch.totals.payments, locale),
    booked: sumRows(batch.totals?.booked ?? {}, locale),
    disputes: formatCount(batch.totals?.disputes ?? 0, locale),
    customers: formatCount(batch.totals?.customers ?? 0, locale),
    newCustomers: formatCount(batch.totals?.newCustomers ?? 0, locale),
    errors: isWaiting ? [] : errors,
    canCorrect: !batch.correct && errors.some(({ code }) => code === 'INVOICE_ALREADY_POSTED'),
    previous: page > 1 ? `?page=${page - 1}` : null,
    next: hasMore ? `?page=${page + 1}` : null,
  }
}

export async function action({ request, params }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  const id = decodeId('bat', params.batchId)
  if (id === null || (await findBatch(id)) === null) throw notFound()
  const act = (await request.formData()).get('act')
  if (act === 'commit') {
    if (!(await requestCommit(id, person.id)))
      return data(
        { message: 'This import is not ready to be booked, or is being booked already.' },
        { status: 409 },
      )
  } else if (act === 'correct') await requestCheck(id, true)
  else if (act === 'check') await requestCheck(id)
  else return data({ message: 'Choose one of the buttons.' }, { status: 400 })
  return redirect(`/staff/imports/${params.batchId}`)
}

export default function ImportBatch({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const view = loaderData
  return (
    <div className="stack-l">
      <title>{`Import of ${view.fileName}`}</title>
      {view.isWaiting && <Refresh seconds={2} />}
      <PageHeader
        kicker="Import"
        title={view.fileName}
        lead={
          <>
            <BatchState state={view.state} bad={view.bad} /> · {view.rows} from {view.source}, received{' '}
            {view.receivedAt}
          </>
        }
      >
        <ButtonLink to="/staff/imports" variant="secondary">
          All imports
        </ButtonLink>
      </PageHeader>
      {actionData && (
        <Notice tone="amber" live="assertive">
          <p>{actionData.message}</p>
        </Notice>
      )}
      {view.isWaiting && (
        <Progress
          done={view.done}
          total={view.total}
          label={view.state === 'committing' ? 'Rows booked' : 'Rows checked'}
          text={`${view.state === 'committing' ? 'Booking' : 'Checking'}: ${view.progress}. You may leave this page; the work goes on.`}
        />
      )}
      {view.isCutOff && (
        <Notice tone="amber" title="The file did not arrive whole">
          <p>
            Of it, {view.rows} arrived and wait here. Choose the same file again under Imports to go on from
            there.
          </p>
        </Notice>
      )}
      <NextStep view={view} />
      <BatchTotals view={view} />
      <BatchErrors
        errors={view.errors}
        summary={`${view.badRows} cannot be booked`}
        previous={view.previous}
        next={view.next}
      />
    </div>
  )
}

function NextStep({ view }: { view: Route.ComponentProps['loaderData'] }): ReactNode {
  if (view.state === 'committed')
    return (
      <Notice tone="accent" title="Booked">
        <p>All of it at {view.bookedAt}. The totals in the books are those of the file.</p>
      </Notice>
    )
  if (view.state === 'checked')
    return (
      <Notice tone="accent" title="Every row can be booked">
        <p>Compare the totals below with those of the sender. Nothing is booked yet.</p>
        <ActionForm className="row">
          <Button name="act" value="commit" pendingLabel="Starting…">
            Book all of it
          </Button>
          <Button name="act" value="check" variant="secondary" pendingLabel="Checking…">
            Check again
          </Button>
        </ActionForm>
      </Notice>
    )
  if (view.state !== 'refused') return null
  return (
    <Notice tone="brick" title="Nothing was booked">
      <p>{view.badRows} cannot be booked. Correct the file and import it again.</p>
      <ActionForm className="row">
        <Button name="act" value="check" variant="secondary" pendingLabel="Checking…">
          Check again
        </Button>
        {view.canCorrect && (
          <Button name="act" value="correct" variant="danger" pendingLabel="Checking…">
            Check again and correct booked invoices
          </Button>
        )}
      </ActionForm>
    </Notice>
  )
}
