import type { ReactNode } from 'react'
import { Outlet, useLoaderData, useRouteError, useRouteLoaderData } from 'react-router'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { useRequestId, useTheme } from '#app/routes/root-data.ts'
import { ErrorPage } from '#app/ui/error-page.tsx'
import { Frame } from '#app/ui/frame.tsx'
import type { Route } from './+types/layout.ts'

export async function loader({ request }: Route.LoaderArgs) {
  const { supplier } = await readingFor(request)
  return { name: supplier.name, email: supplier.email }
}

export default function PublicLayout(): ReactNode {
  const { name } = useLoaderData<typeof loader>()
  return (
    <PublicFrame name={name}>
      <Outlet />
    </PublicFrame>
  )
}

export function ErrorBoundary(): ReactNode {
  const error = useRouteError()
  const reference = useRequestId()
  const name = useRouteLoaderData<typeof loader>('routes/public/layout')?.name ?? 'Quittance'
  return (
    <PublicFrame name={name}>
      <ErrorPage error={error} reference={reference} />
    </PublicFrame>
  )
}

function PublicFrame({ name, children }: { name: string; children: ReactNode }): ReactNode {
  const theme = useTheme()
  return (
    <Frame name={name} home="/" theme={theme} footerLinks={[{ to: '/check', label: 'Check it yourself' }]}>
      {children}
    </Frame>
  )
}
