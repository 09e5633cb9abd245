import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button, ButtonLink, DownloadLink } from '#app/ui/button.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Refresh } from '#app/ui/refresh.tsx'
import type { PaymentPageView } from './payment-page-view.ts'
import { PaymentTimeline } from './payment-timeline.tsx'
import { ReceiptSheet } from './receipt-sheet.tsx'

/** One payment for whoever pays: how it stands, what to do now, its receipt, and what happened. */
export function PaymentPage({
  payment,
  refusal,
  news,
  children,
}: {
  payment: PaymentPageView
  /** Why it could not be cancelled. */
  refusal: string | null
  /** What is to be said first. */
  news?: ReactNode
  /** What more can be done about it, below the receipt. */
  children?: ReactNode
}): ReactNode {
  const { words, tone, receipt, files, refreshSeconds, base } = payment
  const isNotice = !receipt || payment.isTakenBack
  return (
    <>
      {refreshSeconds !== null && <Refresh seconds={refreshSeconds} />}
      <PageHeader
        kicker={`Payment ${payment.number}`}
        title={words.title}
        lead={!isNotice && <span role="status">{words.text}</span>}
      >
        {files && (
          <>
            <DownloadLink href={`${files}/receipt.pdf`}>Receipt PDF</DownloadLink>
            {payment.hasDisclosure && (
              <DownloadLink href={`${files}/receipt.json`} download>
                Disclosure file
              </DownloadLink>
            )}
          </>
        )}
      </PageHeader>
      <div className="stack">
        {news}
        {refusal && <Notice tone="brick" live="assertive" title={refusal} />}
        {isNotice && (
          <Notice tone={tone} live="polite">
            <p>{words.text}</p>
          </Notice>
        )}
        <NextSteps payment={payment} />
        {receipt && <ReceiptSheet receipt={receipt} />}
        {children}
      </div>
      {!receipt && (
        <section className="section">
          <h2>What it pays</h2>
          <KeyValues
            total
            facts={[
              ...payment.items.map((item) => ({
                key: item.id,
                name:
                  base === null ? (
                    `Invoice ${item.number}`
                  ) : (
                    <Link to={`${base}/invoices/${item.id}`}>Invoice {item.number}</Link>
                  ),
                value: item.amount,
              })),
              { key: 'total', name: 'Total', value: payment.amount },
            ]}
          />
        </section>
      )}
      <section className="section">
        <h2>What happened</h2>
        <PaymentTimeline events={payment.story} />
      </section>
    </>
  )
}

/** What the payer can do about an unfinished payment: go on, prove the account, try again, or free its invoices. */
function NextSteps({ payment }: { payment: PaymentPageView }): ReactNode {
  const { checkoutUrl, againHref, canCancel, amount, verificationUrl } = payment
  if (!checkoutUrl && !againHref && !canCancel && !verificationUrl) return null
  return (
    <div className="row">
      {verificationUrl && (
        <a className="button button--large" href={verificationUrl}>
          Enter the small deposits
        </a>
      )}
      {checkoutUrl && (
        <a className="button button--large" href={checkoutUrl}>
          Go on to pay {amount}
        </a>
      )}
      {againHref && (
        <ButtonLink to={againHref} large>
          Pay again
        </ButtonLink>
      )}
      {canCancel && (
        <ActionForm>
          <Button variant="danger" pendingLabel="Cancelling…">
            Cancel this payment
          </Button>
        </ActionForm>
      )}
    </div>
  )
}
