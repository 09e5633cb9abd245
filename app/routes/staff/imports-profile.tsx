import type { ReactNode } from 'react'
import { data, redirect } from 'react-router'
import { FIELD_WORDS, guessColumns, mappingFromForm } from '#app/imports/field-words.ts'
import { saveProfile } from '#app/imports/import-profiles.server.ts'
import { DATE_FORMATS, FIELDS, type Field } from '#app/imports/profile.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { Select, TextInput } from '#app/ui/field.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/imports-profile.ts'

const MOST_COLUMNS = 100

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const columns = [...new Set(new URL(request.url).searchParams.getAll('column'))].slice(0, MOST_COLUMNS)
  if (columns.length === 0) throw redirect('/staff/imports')
  return { columns, guess: guessColumns(columns) }
}

export async function action({ request }: Route.ActionArgs) {
  await requireStaff(request, 'clerk')
  const form = await request.formData()
  const value = (name: string): string => String(form.get(name) ?? '').trim()
  const name = value('name')
  const saved = await saveProfile(name, mappingFromForm(value))
  if (saved.ok) return redirect(`/staff/imports?${new URLSearchParams({ profile: name })}`)
  const typed = Object.fromEntries([...form.keys()].map((key) => [key, value(key)]))
  return data({ problems: saved.problems.map(problemOf), typed }, { status: 400 })
}

/** A problem of the schema, `fields.dueOn: …`, as a sentence beside its control. */
function problemOf(problem: string): { fieldId: string; message: string } {
  const [path = '', ...rest] = problem.split(': ')
  const [group = '', field = ''] = path.split('.')
  const isField = group === 'fields' && field in FIELD_WORDS
  const words = isField ? FIELD_WORDS[field as Field] : ''
  return {
    fieldId: isField ? `map-field.${field}` : `map-${group}`,
    message: isField
      ? `${words}: choose its column.`
      : `${group === 'name' ? 'Name' : group}: ${rest.join(': ')}.`,
  }
}

export default function ImportProfile({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { columns, guess } = loaderData
  const problems = actionData?.problems ?? []
  const typed: Readonly<Record<string, string>> = actionData?.typed ?? {}
  const errorOf = (name: string): string | undefined =>
    problems.find(({ fieldId }) => fieldId === `map-${name}`)?.message
  const control = (name: string, fallback = '') => ({
    id: `map-${name}`,
    name,
    defaultValue: typed[name] ?? fallback,
    error: errorOf(name),
  })
  const choices = [['', 'Not in the file'] as const, ...columns.map((column) => [column, column] as const)]
  return (
    <div className="stack-l">
      <title>{titleWithErrors('Map columns', problems.length > 0)}</title>
      <PageHeader
        kicker="Imports"
        title="Map columns"
        lead="Say once which column holds what. The layout is saved under a name; then choose the file again."
      />
      <ErrorSummary problems={problems} />
      <ActionForm className="stack">
        <TextInput label="Name of the layout" hint="Small letters, digits and dashes." {...control('name')} />
        <TextInput label="What it is" hint="One line for the list of layouts." {...control('title')} />
        <TextInput
          label="Source"
          hint="Where the invoices come from, such as erp-east. An invoice number is unique within its source."
          {...control('source')}
        />
        <Select
          label="Rows"
          options={[
            ['invoice-per-row', 'One row is one invoice'],
            ['line-per-row', 'One row is one line; rows of an invoice follow one another'],
          ]}
          {...control('layout', 'invoice-per-row')}
        />
        <Select
          label="Dates"
          options={Object.entries(DATE_FORMATS).map(([format, sample]) => [
            format,
            `${format}, as ${sample}`,
          ])}
          {...control('dateFormat', 'YYYY-MM-DD')}
        />
        <Select
          label="Numbers"
          options={[
            ['.', '1240.50'],
            [',', '1240,50'],
          ]}
          {...control('decimal', '.')}
        />
        <Select
          label="Between cells"
          options={[
            ['auto', 'Find out from the header'],
            [',', 'Comma'],
            [';', 'Semicolon'],
            ['tab', 'Tab'],
            ['|', 'Bar'],
          ]}
          {...control('delimiter', 'auto')}
        />
        <Select
          label="Characters"
          options={[
            ['utf-8', 'UTF-8'],
            ['latin1', 'Latin-1 (Western European)'],
          ]}
          {...control('encoding', 'utf-8')}
        />
        <TextInput
          label="Currency of every row"
          optional
          hint="A code such as USD, when no column holds it."
          {...control('currency', guess.currency === undefined ? 'USD' : '')}
        />
        <fieldset className="stack">
          <legend className="field__label">Columns</legend>
          {FIELDS.map((field) => (
            <Select
              key={field}
              label={FIELD_WORDS[field]}
              options={choices}
              {...control(`field.${field}`, guess[field] ?? '')}
            />
          ))}
        </fieldset>
        <div className="row">
          <Button pendingLabel="Saving…">Save the layout</Button>
          <ButtonLink to="/staff/imports" variant="secondary">
            Cancel
          </ButtonLink>
        </div>
      </ActionForm>
    </div>
  )
}
