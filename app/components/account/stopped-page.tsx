import type { ReactNode } from 'react'
import { isRouteErrorResponse } from 'react-router'
import { FreshCodePage } from '#app/components/account/fresh-code-page.tsx'
import { readFreshCodeRequest } from '#app/parties/fresh-code.ts'
import { ErrorPage } from '#app/ui/error-page.tsx'

/** What takes the place of a page that was stopped: the request for a fresh code, or what went wrong. */
export function StoppedPage({ error, reference }: { error: unknown; reference: string | null }): ReactNode {
  const asked = isRouteErrorResponse(error) ? readFreshCodeRequest(error.data) : null
  return asked === null ? <ErrorPage error={error} reference={reference} /> : <FreshCodePage asked={asked} />
}
