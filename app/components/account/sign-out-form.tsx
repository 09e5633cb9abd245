import type { ReactNode } from 'react'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'

/** Signs out with a post, so that no image or link elsewhere can do it. */
export function SignOutForm({ name }: { name?: string }): ReactNode {
  return (
    <ActionForm action="/sign-out" className="row">
      {name && <span className="muted masthead__person">{name}</span>}
      <Button variant="quiet" pendingLabel="Signing out…">
        Sign out
      </Button>
    </ActionForm>
  )
}
