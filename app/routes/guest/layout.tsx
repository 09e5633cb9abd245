import type { ReactNode } from 'react'
import { Outlet, useRouteError, useRouteLoaderData } from 'react-router'
import { StoppedPage } from '#app/components/account/stopped-page.tsx'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { useRequestId, useTheme } from '#app/routes/root-data.ts'
import { Frame } from '#app/ui/frame.tsx'
import type { Route } from './+types/layout.ts'

export async function loader({ request }: Route.LoaderArgs) {
  const { supplier } = await readingFor(request)
  return { name: supplier.name, help: { email: supplier.email, phone: supplier.phone } }
}

/** A page of the index is no business of a search engine, nor of the next reader. */
export const meta: Route.MetaFunction = () => [{ name: 'robots', content: 'noindex' }]

export default function GuestLayout(): ReactNode {
  return (
    <GuestFrame>
      <Outlet />
    </GuestFrame>
  )
}

export function ErrorBoundary(): ReactNode {
  const error = useRouteError()
  const reference = useRequestId()
  return (
    <GuestFrame>
      <StoppedPage error={error} reference={reference} />
    </GuestFrame>
  )
}

function GuestFrame({ children }: { children: ReactNode }): ReactNode {
  const theme = useTheme()
  const data = useRouteLoaderData<typeof loader>('routes/guest/layout')
  return (
    <Frame
      name={data?.name ?? 'Quittance'}
      home="/"
      theme={theme}
      help={data?.help}
      footerLinks={[{ to: '/check', label: 'Check it yourself' }]}
    >
      {children}
    </Frame>
  )
}
