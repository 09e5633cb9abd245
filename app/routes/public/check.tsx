import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { CheckForm, type CheckInput } from '#app/components/ledger/check-form.tsx'
import { CheckOutcome } from '#app/components/ledger/check-outcome.tsx'
import { type CheckAnswer, checkInBrowser } from '#app/ledger/check-in-browser.ts'
import { env } from '#app/platform/env.server.ts'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { titleWithErrors } from '#app/ui/error-summary.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/check.ts'

export function loader(): { portal: string } {
  return { portal: env.web.origin }
}

export default function Check({ loaderData }: Route.ComponentProps): ReactNode {
  const { portal } = loaderData
  const isInBrowser = useSyncExternalStore(
    subscribeToNothing,
    () => true,
    () => false,
  )
  const [answer, setAnswer] = useState<CheckAnswer | null>(null)
  const [isChecking, setIsChecking] = useState(false)
  const outcome = useRef<HTMLDivElement>(null)
  useEffect(reloadUnderOwnPolicy, [])
  useEffect(() => {
    if (answer !== null && answer.kind !== 'incomplete') outcome.current?.focus()
  }, [answer])

  async function check(input: CheckInput): Promise<void> {
    setIsChecking(true)
    setAnswer(await checkInBrowser(input).finally(() => setIsChecking(false)))
  }
  const problems = answer?.kind === 'incomplete' ? answer.problems : []

  return (
    <div className="stack">
      <title>{titleWithErrors('Check it yourself', problems.length > 0)}</title>
      <PageHeader
        title="Check it yourself"
        lead="Hand in a receipt, and your browser compares it with the shared ledger: entry by entry, asking the chain directly, without an account and without trusting this portal."
      />
      {isInBrowser ? (
        <CheckForm
          portal={portal}
          problems={problems}
          isChecking={isChecking}
          onCheck={(input) => void check(input)}
        />
      ) : (
        <noscript>
          <Notice title="This page checks with JavaScript, which is off">
            <p>The command line below does the same without a browser.</p>
          </Notice>
        </noscript>
      )}
      <div ref={outcome} tabIndex={-1}>
        {answer?.kind === 'refused' && (
          <Notice tone="brick" title="Refused">
            <p>{answer.sentence}</p>
          </Notice>
        )}
        {answer?.kind === 'checked' && <CheckOutcome {...answer} />}
      </div>
      <CommandLine portal={portal} isOpen={!isInBrowser} />
    </div>
  )
}

function CommandLine({ portal, isOpen }: { portal: string; isOpen: boolean }): ReactNode {
  return (
    <Disclosure summary="Check with the command line" open={isOpen}>
      <p>With the program’s source on your machine, and the ledger that you believe:</p>
      <p>
        <code>npm run verify -- receipt.pdf --rpc URL --ledger CHAINID:CONTRACT:WRITER</code>
      </p>
      <p>Or the ledger that a website names as its own, here this portal:</p>
      <p>
        <code>npm run verify -- receipt.pdf --origin {portal}</code>
      </p>
      <p>
        It ends with 0 when everything stands on the ledger, 1 when something is contradicted or the file is
        refused, and 2 when not everything could be compared. The file docs/ledger-format.md says how to write
        a checker of your own.
      </p>
    </Disclosure>
  )
}

/** This page alone may ask other hosts; its policy comes with the document, so it must have been loaded as one. */
function reloadUnderOwnPolicy(): void {
  const [first] = performance.getEntriesByType('navigation')
  if (first !== undefined && new URL(first.name).pathname !== window.location.pathname)
    window.location.reload()
}

function subscribeToNothing(): () => void {
  return () => {}
}
