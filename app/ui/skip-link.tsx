import type { ReactNode } from 'react'

/** The first stop of the Tab key: past the navigation, into the page. */
export function SkipLink(): ReactNode {
  return (
    <a className="skip-link" href="#main">
      Skip to the page
    </a>
  )
}
