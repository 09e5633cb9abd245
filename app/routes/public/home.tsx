import type { ReactNode } from 'react'
import { redirect } from 'react-router'
import { encodeId } from '#app/books/ids.ts'
import { currentPerson } from '#app/parties/require.server.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import type { Route } from './+types/home.ts'

export const meta: Route.MetaFunction = () => [{ title: 'See what you owe and pay it' }]

/** Whoever is signed in goes to their own start page. */
export async function loader({ request }: Route.LoaderArgs): Promise<null> {
  const person = await currentPerson(request)
  if (person === null) return null
  if (person.staffRole !== null) throw redirect('/staff')
  const [only, another] = person.customers
  throw redirect(only && !another ? `/c/${encodeId('cst', only.id)}` : '/customers')
}

export default function Home(): ReactNode {
  return (
    <div className="landing">
      <h1>See what you owe, pay&nbsp;it, and keep the proof.</h1>
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
