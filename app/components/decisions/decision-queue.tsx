import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { RequestStateTag } from '#app/components/decisions/request-state-tag.tsx'
import type { RequestState } from '#app/payments/credits/credit-request.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { OlderLinks } from '#app/ui/older-links.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Tabs } from '#app/ui/tabs.tsx'

/** One thing that was asked for. */
export type Asked = {
  readonly id: string
  readonly heading: ReactNode
  /** Who asked for what, and where to look. */
  readonly facts: ReactNode
  readonly state: RequestState
  readonly note: string
  /** What the button for a yes says; null where this person may not decide, or it is decided. */
  readonly yes: string | null
}

/** A form that came back: whose it is, what was typed, and what was wrong. */
export type Refused = { readonly id: string; readonly note: string; readonly problem: string }

/** A queue of what waits for a yes or a no, and of what was decided. */
export function DecisionQueue({
  title,
  lead,
  page,
  tabs,
  empty,
  isOpen,
  done,
  asked,
  refused,
  newest,
  older,
}: {
  title: string
  lead: string
  /** Address of the queue. */
  page: string
  /** What the two tabs are of, for those who cannot see them. */
  tabs: string
  /** What an empty queue says: of what waits, and of what was decided. */
  empty: { readonly waiting: string; readonly decided: string }
  isOpen: boolean
  done: string | null
  asked: readonly Asked[]
  refused: Refused | undefined
  newest: string | null
  older: string | null
}): ReactNode {
  return (
    <div className="stack-l">
      <title>{titleWithErrors(title, refused !== undefined)}</title>
      <PageHeader kicker={<Link to="/staff/payments">Payments</Link>} title={title} lead={lead} />
      <ErrorSummary problems={refused ? [{ fieldId: `note-${refused.id}`, message: refused.problem }] : []} />
      {done !== null && !refused && (
        <Notice tone="accent" live="polite">
          <p>{done}</p>
        </Notice>
      )}
      <Tabs
        label={tabs}
        tabs={[
          { to: page, label: 'Waiting', current: isOpen },
          { to: `${page}?show=decided`, label: 'Decided', current: !isOpen },
        ]}
      />
      {asked.length === 0 && <EmptyState title={isOpen ? empty.waiting : empty.decided} />}
      {asked.map((each) => (
        <section className="stack-s" key={each.id} aria-labelledby={each.id}>
          <h2 id={each.id}>{each.heading}</h2>
          <p>{each.facts}</p>
          {each.yes === null ? (
            <p>
              <RequestStateTag state={each.state} /> {each.note}
            </p>
          ) : (
            <DecisionForm
              id={each.id}
              yes={each.yes}
              refused={refused?.id === each.id ? refused : undefined}
            />
          )}
        </section>
      ))}
      <OlderLinks newest={newest} older={older} />
    </div>
  )
}

/** Yes or no to a request; a no needs a note, which the one who asked will read. */
function DecisionForm({
  id,
  yes,
  refused,
}: {
  id: string
  yes: string
  refused: Refused | undefined
}): ReactNode {
  return (
    <ActionForm className="stack-s" noValidate>
      <input type="hidden" name="request" value={id} />
      <TextInput
        id={`note-${id}`}
        name="note"
        label="Note"
        hint="Needed for a no. Whoever asked can read it."
        maxLength={500}
        autoComplete="off"
        defaultValue={refused?.note ?? ''}
        error={refused?.problem}
      />
      <div className="row">
        <Button name="act" value="approve" pendingLabel="Booking…">
          {yes}
        </Button>
        <Button variant="secondary" name="act" value="decline">
          Decline
        </Button>
      </div>
    </ActionForm>
  )
}
