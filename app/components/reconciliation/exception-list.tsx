import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { TextArea } from '#app/ui/field.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import type { ExceptionCaseView } from './exception-view.ts'

/** What was sent to close a case and refused. */
export type RefusedReason = { id: string; reason: string; problem: string }

/** Cases one below the other; an open one carries the form that closes it. */
export function ExceptionList({
  cases,
  refused,
}: {
  cases: readonly ExceptionCaseView[]
  refused?: RefusedReason
}): ReactNode {
  return (
    <ul className="cases">
      {cases.map((each) => (
        <li key={each.id} className="stack-s">
          <h2>{each.title}</h2>
          <p className="small muted">
            Opened {each.opened}
            {each.customer && (
              <>
                {' · '}
                <Link to={`/staff/customers/${each.customer.id}`}>{each.customer.name}</Link>
              </>
            )}
            {each.payment && (
              <>
                {' · '}
                <Link to={`/staff/payments/${each.payment.id}`}>Payment {each.payment.number}</Link>
              </>
            )}
            {each.lineHref && (
              <>
                {' · '}
                <Link to={each.lineHref}>The movement at the bank</Link>
              </>
            )}
          </p>
          <p>
            {each.why} {each.next}
          </p>
          {each.facts.length > 0 && (
            <Disclosure summary="Details">
              <KeyValues
                facts={each.facts.map(([name, value]) => ({
                  key: name,
                  name,
                  value: <code>{value}</code>,
                }))}
              />
            </Disclosure>
          )}
          {each.closed === null ? (
            <CloseForm id={each.id} title={each.title} {...(refused?.id === each.id && { refused })} />
          ) : (
            <p>
              Closed {each.closed}: {each.resolution}
            </p>
          )}
        </li>
      ))}
    </ul>
  )
}

function CloseForm({
  id,
  title,
  refused,
}: {
  id: string
  title: string
  refused?: RefusedReason
}): ReactNode {
  return (
    <Disclosure summary="Close this case" open={refused !== undefined}>
      <ActionForm className="stack-s">
        <input type="hidden" name="case" value={id} />
        <TextArea
          id={`reason-${id}`}
          name="reason"
          label="Why it can be closed"
          rows={3}
          maxLength={1000}
          required
          defaultValue={refused?.reason ?? ''}
          error={refused?.problem}
        />
        <Button variant="secondary" pendingLabel="Closing…" aria-label={`Close the case: ${title}`}>
          Close the case
        </Button>
      </ActionForm>
    </Disclosure>
  )
}
