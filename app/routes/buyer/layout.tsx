import type { ReactNode } from 'react'
import { Outlet, useParams, useRouteError, useRouteLoaderData } from 'react-router'
import { encodeId } from '#app/books/ids.ts'
import { CustomerSwitcher } from '#app/components/account/customer-switcher.tsx'
import { SignOutForm } from '#app/components/account/sign-out-form.tsx'
import { StoppedPage } from '#app/components/account/stopped-page.tsx'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { useRequestId, useTheme } from '#app/routes/root-data.ts'
import { Frame } from '#app/ui/frame.tsx'
import type { Route } from './+types/layout.ts'

export async function loader({ request, params }: Route.LoaderArgs) {
  const { person } = await requireBuyer(request, params.customerId, 'view')
  const { supplier } = await readingFor(request)
  return {
    supplierName: supplier.name,
    help: { email: supplier.email, phone: supplier.phone },
    personName: person.name,
    customers: person.customers.map(({ id, name, number }) => ({ id: encodeId('cst', id), name, number })),
  }
}

export default function BuyerLayout(): ReactNode {
  return (
    <BuyerFrame>
      <Outlet />
    </BuyerFrame>
  )
}

export function ErrorBoundary(): ReactNode {
  const error = useRouteError()
  const reference = useRequestId()
  return (
    <BuyerFrame>
      <StoppedPage error={error} reference={reference} />
    </BuyerFrame>
  )
}

function BuyerFrame({ children }: { children: ReactNode }): ReactNode {
  const theme = useTheme()
  const { customerId = '' } = useParams()
  const data = useRouteLoaderData<typeof loader>('routes/buyer/layout')
  const base = `/c/${customerId}`
  return (
    <Frame
      name={data?.supplierName ?? 'Quittance'}
      home={data ? base : '/'}
      theme={theme}
      help={data?.help}
      nav={
        data
          ? [
              { to: base, label: 'Overview', exact: true, also: [`${base}/credits`] },
              { to: `${base}/invoices`, label: 'Invoices' },
              { to: `${base}/statement`, label: 'Statement' },
              { to: `${base}/open-items`, label: 'Open items' },
              { to: `${base}/payments`, label: 'Payments' },
              { to: `${base}/methods`, label: 'Ways to pay', also: [`${base}/autopay`] },
            ]
          : []
      }
      tools={
        data && (
          <>
            <CustomerSwitcher current={customerId} customers={data.customers} />
            <SignOutForm name={data.personName} />
          </>
        )
      }
      footerLinks={[
        { to: '/check', label: 'Check it yourself' },
        ...(data ? [{ to: '/sessions', label: 'Where you are signed in' }] : []),
      ]}
    >
      {children}
    </Frame>
  )
}
