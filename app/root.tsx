import sansFont from '@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2?url'
import serifFont from '@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2?url'
import type { ReactNode } from 'react'
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useRouteError } from 'react-router'
import { StoppedPage } from '#app/components/account/stopped-page.tsx'
import { enforcePolicy } from '#app/parties/enforce-policy.server.ts'
import { requestInfo } from '#app/platform/request-context.ts'
import { useRequestId, useTheme } from '#app/routes/root-data.ts'
import { useFocusHeadingOnNavigation } from '#app/ui/focus-heading.ts'
import { LoadingBar } from '#app/ui/loading-bar.tsx'
import { SkipLink } from '#app/ui/skip-link.tsx'
import { type Theme, themeFromCookie } from '#app/ui/theme.ts'
import type { Route } from './+types/root.ts'
import '#app/ui/styles/index.css'

/** Every request passes the policy table before any loader or action. */
export const middleware: Route.MiddlewareFunction[] = [enforcePolicy]

export const links: Route.LinksFunction = () => [
  ...[sansFont, serifFont].map((href) => ({
    rel: 'preload' as const,
    href,
    as: 'font' as const,
    type: 'font/woff2',
    crossOrigin: 'anonymous' as const,
  })),
  { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
]

/** What every page needs before anything else: the theme, and the reference under which to ask for help. */
export function loader({ request, context }: Route.LoaderArgs): { theme: Theme; requestId: string } {
  return {
    theme: themeFromCookie(request.headers.get('cookie')),
    requestId: context.get(requestInfo).requestId,
  }
}

export function Layout({ children }: { children: ReactNode }): ReactNode {
  const theme = useTheme()
  return (
    <html lang="en" data-theme={theme === 'system' ? undefined : theme}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <Meta />
        <Links />
      </head>
      <body>
        <SkipLink />
        <LoadingBar />
        {children}
        <ScrollRestoration />
        <Scripts />
      </body>
    </html>
  )
}

export default function Root(): ReactNode {
  useFocusHeadingOnNavigation()
  return <Outlet />
}

export function ErrorBoundary(): ReactNode {
  const error = useRouteError()
  const reference = useRequestId()
  return (
    <main id="main" tabIndex={-1} className="frame__inner frame__main">
      <StoppedPage error={error} reference={reference} />
    </main>
  )
}
