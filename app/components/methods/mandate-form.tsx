import type { ReactNode } from 'react'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'

export const AGREE_FIELD = 'agree'

/** A mandate in full, the tick by which it is agreed to, and the button that sends both. */
export function MandateForm({
  paragraphs,
  hash,
  error,
}: {
  paragraphs: readonly string[]
  hash: string
  error?: string | undefined
}): ReactNode {
  return (
    <ActionForm className="stack">
      <article className="sheet stack-s" aria-label="What you agree to">
        {paragraphs.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      </article>
      <input type="hidden" name="hash" value={hash} />
      <div className={error === undefined ? 'field' : 'field field--invalid'}>
        {error !== undefined && (
          <span className="field__error" id="agree-error">
            {error}
          </span>
        )}
        <label className="check" htmlFor="agree">
          <input
            id="agree"
            type="checkbox"
            name={AGREE_FIELD}
            value="yes"
            required
            aria-invalid={error === undefined ? undefined : true}
            aria-describedby={error === undefined ? undefined : 'agree-error'}
          />
          <span>I have read this, I may act for the company, and I agree.</span>
        </label>
      </div>
      <div className="row">
        <Button name="act" value="agree" pendingLabel="Saving the account…">
          Agree and save this account
        </Button>
      </div>
    </ActionForm>
  )
}
