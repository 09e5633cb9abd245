import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Menu } from '#app/ui/menu.tsx'

/** A customer that the signed-in person may look at. */
export type SwitchableCustomer = { id: string; name: string; number: string }

/** Which company one is looking at; with more than one, a list to change it. */
export function CustomerSwitcher({
  current,
  customers,
}: {
  current: string
  customers: readonly SwitchableCustomer[]
}): ReactNode {
  const shown = customers.find((customer) => customer.id === current)
  if (customers.length < 2) return <span>{shown?.name}</span>
  return (
    <Menu label={shown?.name ?? 'Choose a company'}>
      {customers.map((customer) => (
        <Link
          key={customer.id}
          to={`/c/${customer.id}`}
          aria-current={customer.id === current ? 'true' : undefined}
        >
          {customer.name} <span className="muted tiny">{customer.number}</span>
        </Link>
      ))}
    </Menu>
  )
}
