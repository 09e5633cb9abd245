import type { ReactNode } from 'react'
import { Link, redirect } from 'react-router'
import { customerHomePath, homePathOf } from '#app/parties/home-path.ts'
import { requirePerson } from '#app/parties/require.server.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/customers.ts'

/** Everybody's first page: sends on to the only possible home, else lets choose. */
export async function loader({ request }: Route.LoaderArgs) {
  const person = await requirePerson(request)
  const home = homePathOf(person)
  if (home !== null) throw redirect(home)
  return {
    customers: person.customers.map(({ id, name, number }) => ({ path: customerHomePath(id), name, number })),
  }
}

export default function Customers({ loaderData }: Route.ComponentProps): ReactNode {
  const { customers } = loaderData
  return (
    <div className="stack">
      <title>Choose a company</title>
      <PageHeader title="Choose a company" />
      {customers.length === 0 ? (
        <EmptyState title="No company account yet">
          <p>Your sign-in works, but nobody has given you access to a company. Ask your supplier for it.</p>
        </EmptyState>
      ) : (
        <ul className="stack-s">
          {customers.map(({ path, name, number }) => (
            <li key={path}>
              <Link to={path}>{name}</Link> <span className="muted small">{number}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
