import type { ReactNode } from 'react'
import { useNavigation } from 'react-router'

/** A thin line along the top edge while the next page is on its way; needs no words, the page title says the rest. */
export function LoadingBar(): ReactNode {
  const busy = useNavigation().state !== 'idle'
  return <div className="loading-bar" data-busy={busy || undefined} aria-hidden="true" />
}
