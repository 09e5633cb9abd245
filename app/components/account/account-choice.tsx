import type { ReactNode } from 'react'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'

export type ChoosableAccount = { id: string; name: string; mask: string | null; note: string | null }

/** The accounts that a bank shares, one to be chosen. */
export function AccountChoice({
  accounts,
  error,
}: {
  accounts: readonly ChoosableAccount[]
  error?: string | undefined
}): ReactNode {
  return (
    <ActionForm className="stack">
      <fieldset className={error === undefined ? 'field' : 'field field--invalid'}>
        <legend className="field__label">Account to pay from</legend>
        {error !== undefined && <span className="field__error">{error}</span>}
        {accounts.map((account, index) => (
          <label className="check" key={account.id} htmlFor={`account-${index}`}>
            <input id={`account-${index}`} type="radio" name="account" value={account.id} required />
            <span>
              {account.name}
              {account.mask !== null && ` ending ${account.mask}`}
              {account.note !== null && <span className="muted"> ({account.note})</span>}
            </span>
          </label>
        ))}
      </fieldset>
      <div className="row">
        <Button name="act" value="choose" pendingLabel="Asking the bank…">
          Use this account
        </Button>
      </div>
    </ActionForm>
  )
}
