import type { ReactNode } from 'react'
import { FRESH_CODE_FIELD, type FreshCodeRequest } from '#app/parties/fresh-code.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'

/** Asks for a fresh code, and sends the form that was stopped for it once more, as it was. */
export function FreshCodePage({
  asked: { path, fields, problem },
}: {
  asked: FreshCodeRequest['freshCode']
}): ReactNode {
  return (
    <div className="stack narrow">
      <title>{titleWithErrors('Enter your code', problem !== null)}</title>
      <ErrorSummary problems={problem === null ? [] : [{ fieldId: 'code', message: problem }]} />
      <PageHeader
        title="Enter your code"
        lead="This needs a code of the last five minutes. Nothing has been changed yet, and what you entered is kept."
      />
      <ActionForm action={path} className="stack" noValidate>
        {fields.map(([name, value]) => (
          <input key={`${name}=${value}`} type="hidden" name={name} value={value} />
        ))}
        <TextInput
          label="Code"
          hint="Six digits from your authenticator app, or one of your backup codes."
          id="code"
          name={FRESH_CODE_FIELD}
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          inputMode="text"
          {...(problem !== null && { error: problem })}
        />
        <div className="row">
          <Button pendingLabel="Checking…">Continue</Button>
        </div>
      </ActionForm>
      <p>
        <a href={path}>Go back without it</a>
      </p>
    </div>
  )
}
