import type { ReactNode } from 'react'
import { data, Link, redirect } from 'react-router'
import { decodeId, encodeId } from '#app/books/ids.ts'
import { BankLineTable, StatementTable } from '#app/components/cash/bank-lines.tsx'
import {
  DIRECTION_CHOICES,
  lineRow,
  readLineFilter,
  STATE_CHOICES,
  statementRow,
} from '#app/components/cash/bank-view.ts'
import { StatementUpload } from '#app/components/cash/statement-upload.tsx'
import { DATE_FORMATS, type DateFormat } from '#app/imports/profile.ts'
import { findCurrency } from '#app/money/currencies.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { listBankLines, listStatements } from '#app/payments/bank-statements/bank-queries.server.ts'
import {
  importStatement,
  LARGEST_STATEMENT_BYTES,
} from '#app/payments/bank-statements/import-statement.server.ts'
import { suggestFor } from '#app/payments/bank-statements/suggest-matches.server.ts'
import { receiveUpload } from '#app/platform/upload.server.ts'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { Select, TextInput } from '#app/ui/field.tsx'
import { FilterForm } from '#app/ui/filter-form.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { OlderLinks } from '#app/ui/older-links.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import type { Route } from './+types/bank.ts'

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const address = new URL(request.url).searchParams
  const done = doneWords(address)
  if (address.get('view') === 'statements') {
    const before = decodeId('bst', address.get('before') ?? '')
    const { statements, next } = await listStatements(before)
    const base = '/staff/bank?view=statements'
    return {
      ...{
        done,
        view: 'statements' as const,
        statements: statements.map((each) => statementRow(each, reading)),
      },
      newest: before === null ? null : base,
      older: next === null ? null : `${base}&before=${encodeId('bst', next)}`,
    }
  }
  const statementId = decodeId('bst', address.get('statement') ?? '')
  const filter = readLineFilter(address, statementId)
  const after = decodeId('bln', address.get('after') ?? '')
  const { lines, next } = await listBankLines(filter, after)
  const suggestions = await suggestFor(lines)
  const kept = new URLSearchParams(
    [...address].filter(([name, value]) => !['after', 'done'].includes(name) && value !== ''),
  )
  const older = new URLSearchParams(kept)
  if (next !== null) older.set('after', encodeId('bln', next))
  return {
    ...{ done, view: 'movements' as const },
    rows: lines.map((line) => lineRow(line, suggestions.get(line.id) ?? [], reading.locale)),
    typed: {
      q: filter.text ?? '',
      state: filter.state ?? 'all',
      direction: filter.direction ?? '',
      statement: statementId === null ? '' : encodeId('bst', statementId),
    },
    newest: after === null ? null : `/staff/bank?${kept}`,
    older: next === null ? null : `/staff/bank?${older}`,
  }
}

/** What came of the last file or decision, as the address says. */
function doneWords(address: URLSearchParams): string | null {
  const count = (name: string): number => Math.max(0, Number.parseInt(address.get(name) ?? '', 10) || 0)
  switch (address.get('done')) {
    case 'repeated':
      return 'This file was imported before. Nothing was taken in again.'
    case 'imported': {
      const [fresh, known] = [count('fresh'), count('known')]
      const all = fresh === 1 ? '1 movement is new' : `${fresh} movements are new`
      const rest = known === 1 ? '1 was' : `${known} were`
      return known === 0 ? `${all}.` : `${all}; ${rest} known from another file.`
    }
    case 'matched':
      return 'The movement is booked.'
    default:
      return null
  }
}

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  const upload = await receiveUpload(request, 'file', LARGEST_STATEMENT_BYTES)
  const refuse = (problem: string, typed: Readonly<Record<string, string>> = {}) =>
    data({ problem, typed }, { status: 400 })
  if (!upload.ok)
    return refuse(
      upload.problem === 'TOO_LARGE'
        ? 'The file is larger than 10 MB. Import it in parts.'
        : 'The form did not arrive whole. Send it again.',
    )
  try {
    const value = (name: string): string => String(upload.form.get(name) ?? '').trim()
    const typed = { account: value('account'), currency: value('currency'), dates: value('dates') }
    if (upload.file === null) return refuse('Choose the file with the bank statement.', typed)
    const dateFormat = Object.hasOwn(DATE_FORMATS, typed.dates) ? (typed.dates as DateFormat) : 'auto'
    const choices = {
      currency: findCurrency(typed.currency),
      account: typed.account.slice(0, 34),
      dateFormat,
    } as const
    const imported = await importStatement({ file: upload.file, choices, personId: person.id })
    if (!imported.ok) return refuse(imported.problem, typed)
    if (imported.isRepeated) return redirect('/staff/bank?done=repeated', 303)
    return redirect(`/staff/bank?done=imported&fresh=${imported.fresh}&known=${imported.known}`, 303)
  } finally {
    await upload.discard()
  }
}

export default function Bank({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { done, view, newest, older } = loaderData
  const problem = actionData?.problem
  return (
    <div className="stack-l">
      <title>{titleWithErrors('Bank', problem !== undefined)}</title>
      <PageHeader
        title="Bank"
        lead="What came in on the bank account, and whose it is. Nothing is booked until somebody says so."
      />
      <ErrorSummary
        problems={problem === undefined ? [] : [{ fieldId: 'statement-file', message: problem }]}
      />
      {done !== null && (
        <Notice tone="accent" live="polite">
          <p>{done}</p>
        </Notice>
      )}
      <Tabs
        label="Bank"
        tabs={[
          { to: '/staff/bank', label: 'Movements', current: view === 'movements' },
          { to: '/staff/bank?view=statements', label: 'Statements', current: view === 'statements' },
        ]}
      />
      {loaderData.view === 'movements' ? (
        <Movements {...loaderData} />
      ) : (
        <Statements rows={loaderData.statements} />
      )}
      <OlderLinks newest={newest} older={older} />
      <section className="stack" aria-labelledby="import-title">
        <h2 id="import-title">Import a statement</h2>
        <StatementUpload error={problem} typed={actionData?.typed ?? {}} />
      </section>
    </div>
  )
}

type MovementsData = Extract<Route.ComponentProps['loaderData'], { view: 'movements' }>

function Movements({ rows, typed }: MovementsData): ReactNode {
  return (
    <>
      <search className="filter-block">
        <FilterForm className="filters">
          {typed.statement !== '' && <input type="hidden" name="statement" value={typed.statement} />}
          <TextInput
            wide
            type="search"
            label="Search"
            name="q"
            id="q"
            defaultValue={typed.q}
            placeholder="Name or text"
            maxLength={200}
          />
          <Select label="Show" name="state" id="state" options={STATE_CHOICES} defaultValue={typed.state} />
          <Select
            label="Direction"
            name="direction"
            id="direction"
            options={DIRECTION_CHOICES}
            defaultValue={typed.direction}
          />
          <div className="filters__actions">
            <Button variant="secondary">Apply</Button>
            <a href="/staff/bank">Clear</a>
          </div>
        </FilterForm>
      </search>
      {rows.length > 0 ? (
        <BankLineTable rows={rows} />
      ) : (
        <EmptyState title="No movement fits these filters">
          <Link to="/staff/bank?state=all">Show all movements</Link>
        </EmptyState>
      )}
    </>
  )
}

function Statements({ rows }: { rows: Parameters<typeof StatementTable>[0]['rows'] }): ReactNode {
  return rows.length === 0 ? (
    <EmptyState title="No statement was imported yet" />
  ) : (
    <StatementTable rows={rows} />
  )
}
