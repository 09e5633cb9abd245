import { type ReactNode, useEffect } from 'react'
import { Link, useNavigate } from 'react-router'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'

/** Back from the card service, and what happened there is not known yet: looks again by itself, with scripts or without. */
export function PayReturnPage({ page, next }: { page: string; next: string }): ReactNode {
  const navigate = useNavigate()
  useEffect(() => {
    const timer = setTimeout(() => void navigate(next, { replace: true }), 2_000)
    return () => clearTimeout(timer)
  }, [next, navigate])
  return (
    <div className="stack">
      <title>Your payment is on its way</title>
      <noscript>
        <meta httpEquiv="refresh" content={`2;url=${next}`} />
      </noscript>
      <PageHeader title="Your payment is on its way" />
      <Notice tone="amber" live="polite">
        <p>
          We are asking the card service whether it has arrived. This page goes on by itself. Do not pay
          again.
        </p>
      </Notice>
      <p>
        <Link to={page}>See this payment</Link>
      </p>
    </div>
  )
}
