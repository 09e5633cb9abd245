import type { ReactNode } from 'react'
import { Outlet, useRouteError, useRouteLoaderData } from 'react-router'
import { SignOutForm } from '#app/components/account/sign-out-form.tsx'
import { StoppedPage } from '#app/components/account/stopped-page.tsx'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { currentPerson } from '#app/parties/require.server.ts'
import { useRequestId, useTheme } from '#app/routes/root-data.ts'
import { Frame } from '#app/ui/frame.tsx'
import type { Route } from './+types/layout.ts'

export async function loader({ request }: Route.LoaderArgs) {
  const [{ supplier }, person] = await Promise.all([readingFor(request), currentPerson(request)])
  return {
    name: supplier.name,
    person: person?.name ?? null,
    help: { email: supplier.email, phone: supplier.phone },
  }
}

export default function PublicLayout(): ReactNode {
  return (
    <PublicFrame>
      <Outlet />
    </PublicFrame>
  )
}

export function ErrorBoundary(): ReactNode {
  const error = useRouteError()
  const reference = useRequestId()
  return (
    <PublicFrame>
      <StoppedPage error={error} reference={reference} />
    </PublicFrame>
  )
}

function PublicFrame({ children }: { children: ReactNode }): ReactNode {
  const theme = useTheme()
  const data = useRouteLoaderData<typeof loader>('routes/public/layout')
  return (
    <Frame
      name={data?.name ?? 'Quittance'}
      home="/"
      theme={theme}
      help={data?.help}
      tools={data?.person && <SignOutForm name={data.person} />}
      footerLinks={[
        { to: '/check', label: 'Check it yourself' },
        ...(data?.person ? [{ to: '/sessions', label: 'Where you are signed in' }] : []),
      ]}
    >
      {children}
    </Frame>
  )
}
