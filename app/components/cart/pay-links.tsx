import type { ReactNode } from 'react'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { FactTable } from '#app/ui/fact-table.tsx'
import { Select } from '#app/ui/field.tsx'

/** Names of the forms' fields. */
export const LINK_FIELDS = { recipient: 'recipient', revoke: 'revoke' } as const

/** What staff see of a customer's pay links. */
export type PayLinkPanel = {
  /** Known contacts; empty when there is nothing to pay, or nobody to write to. */
  contacts: readonly string[]
  links: readonly { id: string; recipient: string; what: string; until: string; used: string }[]
}

/** Mails a pay link to a known contact, and ends those that stand. */
export function PayLinks({ panel, what }: { panel: PayLinkPanel; what: string }): ReactNode {
  const { contacts, links } = panel
  if (contacts.length === 0 && links.length === 0) return null
  return (
    <section className="section">
      <h2>Pay links</h2>
      {contacts.length > 0 && (
        <ActionForm className="filters filters--more">
          <Select
            label={`Mail a pay link for ${what} to`}
            name={LINK_FIELDS.recipient}
            options={contacts.map((address) => [address, address] as const)}
          />
          <Button variant="secondary" pendingLabel="Sending…">
            Mail the link
          </Button>
        </ActionForm>
      )}
      {links.length > 0 && (
        <FactTable
          caption="Pay links that can be used"
          columns={[
            { key: 'what', label: 'For' },
            { key: 'recipient', label: 'Sent to' },
            { key: 'until', label: 'Until', nowrap: true },
            { key: 'used', label: 'Last used', nowrap: true },
            { key: 'end', label: 'End it' },
          ]}
          rows={links.map(({ id, recipient, what: purpose, until, used }) => ({
            key: id,
            cells: [
              purpose,
              recipient,
              until,
              used,
              <ActionForm key="end">
                <Button
                  variant="danger"
                  name={LINK_FIELDS.revoke}
                  value={id}
                  aria-label={`End the link sent to ${recipient}`}
                >
                  End
                </Button>
              </ActionForm>,
            ],
          }))}
        />
      )}
    </section>
  )
}
