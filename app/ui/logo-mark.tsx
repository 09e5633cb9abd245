import type { ReactNode } from 'react'

/** The mark: a ring with a stroke through it, the Q of quittance and a signed-off line at once. */
export function LogoMark({ size = 28 }: { size?: number }): ReactNode {
  return (
    <svg
      className="brand__mark"
      width={size}
      height={size}
      viewBox="0 0 28 28"
      fill="none"
      stroke="currentColor"
      aria-hidden="true"
      focusable="false"
    >
      <circle cx="13.5" cy="13" r="10.25" strokeWidth="2" />
      <path d="M9.2 13.4l3.1 3.1L25.5 25.6" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}
