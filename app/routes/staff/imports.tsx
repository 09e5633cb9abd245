import type { ReactNode } from 'react'
import { data, Link, redirect } from 'react-router'
import { decodeId, encodeId } from '#app/books/ids.ts'
import { BatchState } from '#app/components/imports/batch-state.tsx'
import { listBatches } from '#app/imports/batch-queries.server.ts'
import { formatCount } from '#app/imports/batch-words.ts'
import { listProfiles } from '#app/imports/import-profiles.server.ts'
import { readColumns } from '#app/imports/stage-file.server.ts'
import { startImport } from '#app/imports/start-import.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { formatInstant } from '#app/platform/time.ts'
import { receiveUpload } from '#app/platform/upload.server.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { Field, Select, TextInput } from '#app/ui/field.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import type { Route } from './+types/imports.ts'

const LARGEST_FILE_BYTES = 50_000_000
/** The choice that leads to the mapping form instead of reading the file. */
const MAP_COLUMNS = '+map'

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const { locale, timeZone } = await readingFor(request)
  const url = new URL(request.url)
  const before = decodeId('bat', url.searchParams.get('before') ?? '')
  const [profiles, { batches, hasMore }] = await Promise.all([listProfiles(), listBatches(before)])
  const last = batches.at(-1)
  return {
    profiles,
    chosen: url.searchParams.get('profile') ?? profiles[0]?.name ?? '',
    batches: batches.map((batch) => ({
      id: encodeId('bat', batch.id),
      fileName: batch.fileName,
      source: batch.source,
      state: batch.state,
      rows: formatCount(batch.rowsTotal === 0 ? batch.rowsStaged : batch.rowsTotal, locale),
      bad: formatCount(batch.rowsBad, locale),
      at: formatInstant(batch.createdAt, timeZone, locale),
    })),
    next: hasMore && last !== undefined ? `?before=${encodeId('bat', last.id)}` : null,
    isFirst: before === null,
  }
}

type Problem = { field: 'file' | 'profile' | 'source'; message: string; profile: string; source: string }

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  const upload = await receiveUpload(request, 'file', LARGEST_FILE_BYTES)
  if (!upload.ok) {
    const message =
      upload.problem === 'TOO_LARGE'
        ? 'The file is larger than 50 MB. Split it, or use npm run import.'
        : 'The form did not arrive whole. Send it again.'
    return data<Problem>({ field: 'file', message, profile: '', source: '' }, { status: 400 })
  }
  try {
    const profile = String(upload.form.get('profile') ?? '')
    const source = String(upload.form.get('source') ?? '').trim()
    const refuse = (field: Problem['field'], message: string) =>
      data<Problem>({ field, message, profile, source }, { status: 400 })
    if (upload.file === null) return refuse('file', 'Choose a CSV file with at least one row.')
    if (profile === MAP_COLUMNS) {
      const header = await readColumns(upload.file.path, { delimiter: 'auto', encoding: 'latin1' })
      if (!header.ok) return refuse('file', header.problem.message)
      const columns = header.columns.slice(0, 60).map((column) => ['column', column.slice(0, 60)])
      return redirect(`/staff/imports/profiles/new?${new URLSearchParams(columns)}`)
    }
    const started = await startImport({
      file: upload.file,
      profileName: profile,
      source,
      personId: person.id,
    })
    if (!started.ok) return refuse(started.field, started.message)
    return redirect(`/staff/imports/${encodeId('bat', started.batchId)}`)
  } finally {
    await upload.discard()
  }
}

export default function Imports({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { profiles, chosen, batches, next, isFirst } = loaderData
  const problem = actionData
  const errorOf = (field: Problem['field']): string | undefined =>
    problem?.field === field ? problem.message : undefined
  return (
    <div className="stack-l">
      <title>{titleWithErrors('Imports', problem !== undefined)}</title>
      <PageHeader
        title="Imports"
        lead="Invoices and their history from a file. The file is checked first; nothing is booked until you say so, and then all of it or nothing."
      />
      <ErrorSummary
        problems={
          problem === undefined ? [] : [{ fieldId: `import-${problem.field}`, message: problem.message }]
        }
      />
      <ActionForm encType="multipart/form-data" className="stack">
        <Field
          id="import-file"
          label="File"
          hint="CSV with a header row, at most 50 MB."
          {...(errorOf('file') === undefined ? {} : { error: errorOf('file') })}
        >
          {(ties) => (
            <input {...ties} className="input" type="file" name="file" accept=".csv,text/csv,.txt" required />
          )}
        </Field>
        <Select
          id="import-profile"
          name="profile"
          label="Layout"
          hint="How the columns of the file are read."
          error={errorOf('profile')}
          defaultValue={problem?.profile || chosen}
          options={[
            ...profiles.map(({ name, title }) => [name, title] as const),
            [MAP_COLUMNS, 'Another layout: map its columns'] as const,
          ]}
        />
        <TextInput
          id="import-source"
          name="source"
          label="Source"
          optional
          hint="Where the invoices come from, such as erp-east. An invoice number is unique within its source; the layout has a source of its own."
          error={errorOf('source')}
          defaultValue={problem?.source ?? ''}
          autoComplete="off"
        />
        <div>
          <Button pendingLabel="Reading the file…">Read and check the file</Button>
        </div>
      </ActionForm>
      <section className="stack" aria-labelledby="import-list">
        <h2 id="import-list">Earlier imports</h2>
        {batches.length === 0 ? (
          <EmptyState title="No file was imported yet." />
        ) : (
          <BatchTable batches={batches} />
        )}
        {(next !== null || !isFirst) && (
          <Pagination summary="" previous={isFirst ? null : '/staff/imports'} next={next} />
        )}
      </section>
    </div>
  )
}

const COLUMNS = [
  { key: 'file', label: 'File' },
  { key: 'at', label: 'Received' },
  { key: 'source', label: 'Source' },
  { key: 'rows', label: 'Rows', amount: true },
  { key: 'state', label: 'State' },
]

function BatchTable({ batches }: { batches: Route.ComponentProps['loaderData']['batches'] }): ReactNode {
  return (
    <DataTable caption="Earlier imports, newest first" columns={COLUMNS} rowsOpen>
      {batches.map(({ id, fileName, at, source, rows, state, bad }) => (
        <tr key={id}>
          <td className="lead">
            <Link className="row-link" to={`/staff/imports/${id}`}>
              {fileName}
            </Link>
          </td>
          <td data-label="Received">{at}</td>
          <td data-label="Source">{source}</td>
          <td data-label="Rows" className="num">
            {rows}
          </td>
          <td data-label="State">
            <BatchState state={state} bad={bad} />
          </td>
        </tr>
      ))}
    </DataTable>
  )
}
