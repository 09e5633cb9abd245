import type { ReactNode } from 'react'
import { ButtonLink } from '#app/ui/button.tsx'
import type { Route } from './+types/home.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Quittance' }]

export default function Home(): ReactNode {
  return (
    <div className="landing">
      <h1>See what you owe, pay it, and keep the proof.</h1>
      <p>
        Your invoices and statements in one place. Every payment is recorded on a shared ledger, so that
        anyone you show your receipt to can check it.
      </p>
      <div className="row">
        <ButtonLink to="/sign-in" large>
          Sign in
        </ButtonLink>
        <ButtonLink to="/check" variant="secondary" large>
          Check a receipt
        </ButtonLink>
      </div>
    </div>
  )
}
