import { type ReactNode, useEffect } from 'react'
import { useRevalidator } from 'react-router'

/**
 * Looks again every few seconds while something is under way: with scripts quietly in place, without them by
 * reloading the page. Pauses while the page is hidden.
 */
export function Refresh({ seconds }: { seconds: number }): ReactNode {
  const { revalidate, state } = useRevalidator()
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden && state === 'idle') void revalidate()
    }, seconds * 1000)
    return () => clearInterval(timer)
  }, [seconds, revalidate, state])
  return (
    <noscript>
      <meta httpEquiv="refresh" content={String(seconds)} />
    </noscript>
  )
}
