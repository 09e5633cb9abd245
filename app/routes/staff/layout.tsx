import type { ReactNode } from 'react'
import { Outlet, useRouteError, useRouteLoaderData } from 'react-router'
import { SignOutForm } from '#app/components/account/sign-out-form.tsx'
import { StoppedPage } from '#app/components/account/stopped-page.tsx'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { useRequestId, useTheme } from '#app/routes/root-data.ts'
import { Frame } from '#app/ui/frame.tsx'
import type { Route } from './+types/layout.ts'

export async function loader({ request }: Route.LoaderArgs) {
  const person = await requireStaff(request, 'clerk')
  const { supplier } = await readingFor(request)
  return { supplierName: supplier.name, personName: person.name, isManager: person.staffRole === 'manager' }
}

export default function StaffLayout(): ReactNode {
  return (
    <StaffFrame>
      <Outlet />
    </StaffFrame>
  )
}

export function ErrorBoundary(): ReactNode {
  const error = useRouteError()
  const reference = useRequestId()
  return (
    <StaffFrame>
      <StoppedPage error={error} reference={reference} />
    </StaffFrame>
  )
}

const NAV = [
  { to: '/staff', label: 'Today', exact: true },
  { to: '/staff/customers', label: 'Customers', also: ['/staff/bank-links'] },
  { to: '/staff/invoices', label: 'Invoices' },
  {
    to: '/staff/payments',
    label: 'Payments',
    also: ['/staff/refunds', '/staff/chargebacks', '/staff/credit-requests', '/staff/write-offs'],
  },
  { to: '/staff/bank', label: 'Bank' },
  { to: '/staff/reconciliation', label: 'Reconciliation' },
  { to: '/staff/queues', label: 'Queues', also: ['/staff/exceptions', '/staff/audit'] },
  { to: '/staff/imports', label: 'Imports' },
]

function StaffFrame({ children }: { children: ReactNode }): ReactNode {
  const theme = useTheme()
  const data = useRouteLoaderData<typeof loader>('routes/staff/layout')
  return (
    <Frame
      name={data ? `${data.supplierName}\u00a0·\u00a0staff` : 'Quittance'}
      home="/staff"
      theme={theme}
      nav={data ? NAV : []}
      tools={data && <SignOutForm name={data.personName} />}
      footerLinks={[
        { to: '/check', label: 'Check it yourself' },
        ...(data?.isManager
          ? [
              { to: '/staff/settings/payments', label: 'Rules of paying' },
              { to: '/staff/settings/fees', label: 'Card fees and discounts' },
            ]
          : []),
        ...(data ? [{ to: '/sessions', label: 'Where you are signed in' }] : []),
      ]}
    >
      {children}
    </Frame>
  )
}
