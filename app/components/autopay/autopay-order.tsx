import type { ReactNode } from 'react'
import type { AutopayOrderView } from '#app/components/autopay/autopay-view.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { StatusTag } from '#app/ui/status-tag.tsx'

/** Values of the intent field that change an order. */
export const PAUSE_INTENT = 'pause'
export const RESUME_INTENT = 'resume'
export const END_INTENT = 'end'

/** What an order says, how it stands, and what its customer can do with it. */
export function AutopayOrder({
  order,
  setupHref,
}: {
  order: AutopayOrderView
  /** Where it is changed; null for readers who may not. */
  setupHref: string | null
}): ReactNode {
  return (
    <section className="section stack">
      <div className="section__head">
        <h2>Autopay in {order.currency}</h2>
        <OrderState order={order} />
      </div>
      {order.pause && (
        <Notice tone="amber" title="Autopay is paused">
          <p>{order.pause}</p>
        </Notice>
      )}
      <KeyValues facts={order.facts} />
      {setupHref && (
        <ActionForm className="row">
          <input type="hidden" name="order" value={order.id} />
          <ButtonLink variant="secondary" to={`${setupHref}?currency=${order.currency}`}>
            Change
          </ButtonLink>
          {order.isPaused ? (
            <Button variant="secondary" name="intent" value={RESUME_INTENT} pendingLabel="Resuming…">
              Resume
            </Button>
          ) : (
            <Button variant="secondary" name="intent" value={PAUSE_INTENT} pendingLabel="Pausing…">
              Pause
            </Button>
          )}
          <Button variant="danger" name="intent" value={END_INTENT} pendingLabel="Ending…">
            End autopay
          </Button>
        </ActionForm>
      )}
      <Disclosure summary="The text that was agreed to">
        <AgreementText paragraphs={order.text} />
      </Disclosure>
    </section>
  )
}

/** Active or paused, in a word. */
export function OrderState({ order }: { order: AutopayOrderView }): ReactNode {
  return order.isPaused ? (
    <StatusTag tone="amber" shape="bars">
      Paused
    </StatusTag>
  ) : (
    <StatusTag tone="accent" shape="disc">
      Active
    </StatusTag>
  )
}

/** The text of an agreement, paragraph by paragraph. */
export function AgreementText({ paragraphs }: { paragraphs: readonly string[] }): ReactNode {
  return (
    <div className="stack-s">
      {paragraphs.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
    </div>
  )
}
