import { type DragEvent, type FormEvent, type ReactNode, useState } from 'react'
import type { CheckProblem, CheckRequest } from '#app/ledger/check-in-browser.ts'
import { Button } from '#app/ui/button.tsx'
import { ErrorSummary } from '#app/ui/error-summary.tsx'
import { Field, TextInput } from '#app/ui/field.tsx'

/** What is typed on the form, as the check takes it; `fileName` is for the reader only. */
export type CheckInput = CheckRequest & { fileName: string | null }

const TRUST_WORDS: readonly (readonly [CheckRequest['trust'], string])[] = [
  ['origin', 'The ledger that a website names as its own'],
  ['typed', 'A ledger that I type in'],
  ['nothing', 'No ledger: only see whether the file agrees with itself'],
]

/** The form of the page on which anyone checks a receipt. Everything stays in the browser. */
export function CheckForm({
  portal,
  problems,
  isChecking,
  onCheck,
}: {
  /** This portal's own origin. */
  portal: string
  problems: readonly CheckProblem[]
  isChecking: boolean
  onCheck: (request: CheckInput) => void
}): ReactNode {
  const [input, setInput] = useState<CheckInput>({
    file: null,
    fileName: null,
    trust: 'origin',
    origin: portal,
    chainId: '',
    contract: '',
    writer: '',
    rpc: '',
  })
  const set = (changes: Partial<CheckInput>): void => setInput((before) => ({ ...before, ...changes }))
  const errorOf = (fieldId: CheckProblem['fieldId']) =>
    problems.find((problem) => problem.fieldId === fieldId)?.message
  const text = (fieldId: 'origin' | 'chainId' | 'contract' | 'writer' | 'rpc') => ({
    id: fieldId,
    name: fieldId,
    value: input[fieldId],
    error: errorOf(fieldId),
    autoComplete: 'off',
    spellCheck: false,
    onChange: (event: FormEvent<HTMLInputElement>) => set({ [fieldId]: event.currentTarget.value }),
  })

  async function take(file: File | undefined): Promise<void> {
    if (file) set({ file: new Uint8Array(await file.arrayBuffer()), fileName: file.name })
  }
  function drop(event: DragEvent): void {
    event.preventDefault()
    void take(event.dataTransfer.files[0])
  }
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (!isChecking) onCheck(input)
  }

  return (
    <form
      className="stack narrow"
      onSubmit={submit}
      onDrop={drop}
      onDragOver={(event) => event.preventDefault()}
      noValidate
    >
      <ErrorSummary problems={problems} />
      <Field
        label="Receipt (PDF) or disclosure file (JSON)"
        hint={
          input.fileName
            ? `Chosen: ${input.fileName}`
            : 'Choose it, or drop it anywhere on this form. It does not leave your browser.'
        }
        error={errorOf('file')}
        id="file"
      >
        {(ties) => (
          <input
            {...ties}
            type="file"
            className="input"
            accept=".json,.pdf,application/json,application/pdf"
            onChange={(event) => void take(event.currentTarget.files?.[0])}
          />
        )}
      </Field>
      <fieldset className="stack-s">
        <legend className="field__label">What to compare it with</legend>
        {TRUST_WORDS.map(([value, words]) => (
          <div key={value}>
            <label className="check">
              <input
                type="radio"
                name="trust"
                value={value}
                checked={input.trust === value}
                onChange={() => set({ trust: value })}
              />
              <span>{words}</span>
            </label>
          </div>
        ))}
      </fieldset>
      {input.trust === 'origin' && (
        <TextInput
          {...text('origin')}
          label="Website"
          type="url"
          inputMode="url"
          wide
          hint={
            input.origin.trim() === portal
              ? 'This is the portal you are on: you then believe it about which ledger is its own. If you got the address elsewhere, enter that one.'
              : 'You believe this website about which ledger is its own.'
          }
        />
      )}
      {input.trust === 'typed' && (
        <div className="stack">
          <TextInput {...text('chainId')} label="Chain number" inputMode="numeric" className="input--short" />
          <TextInput
            {...text('contract')}
            label="Contract"
            wide
            hint="Address of the ledger contract: 0x and 40 hexadecimal digits."
          />
          <TextInput
            {...text('writer')}
            label="Writer"
            wide
            hint="Address of the account that writes for the supplier."
          />
        </div>
      )}
      {input.trust !== 'nothing' && (
        <TextInput
          {...text('rpc')}
          label="Address of the chain"
          optional={input.trust === 'origin'}
          type="url"
          inputMode="url"
          wide
          hint={
            input.trust === 'origin'
              ? 'A JSON-RPC address that you trust. Left empty, the one that the website names is asked.'
              : 'A JSON-RPC address that you trust.'
          }
        />
      )}
      <div className="row">
        <Button aria-disabled={isChecking || undefined}>{isChecking ? 'Checking…' : 'Check the file'}</Button>
      </div>
    </form>
  )
}
