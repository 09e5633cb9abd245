import { useRouteLoaderData } from 'react-router'
import type { loader } from '#app/root.tsx'
import type { Theme } from '#app/ui/theme.ts'

/** The reader's theme; `system` also where the root itself failed. */
export function useTheme(): Theme {
  return useRouteLoaderData<typeof loader>('root')?.theme ?? 'system'
}

/** The reference of the request that made this document; null where the root itself failed. */
export function useRequestId(): string | null {
  return useRouteLoaderData<typeof loader>('root')?.requestId ?? null
}
