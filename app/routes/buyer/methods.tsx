import type { ReactNode } from 'react'
import { openLinkOf } from '#app/components/methods/bank-link-view.ts'
import { MethodTable } from '#app/components/methods/method-table.tsx'
import { methodRow } from '#app/components/methods/method-view.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { stepOf } from '#app/payments/linked-banks/links/bank-link.ts'
import { linkFactsOf, listOpenLinks } from '#app/payments/linked-banks/links/bank-link-queries.server.ts'
import { findDeposits } from '#app/payments/methods/find-deposits.server.ts'
import { listSavedMethods } from '#app/payments/methods/method-queries.server.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/methods.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Ways to pay' }]

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const reading = await readingFor(request)
  const { today, locale } = reading
  const canChange = customer.rights.includes('pay')
  // Before the list: an account that was confirmed meanwhile is on it then.
  const deposits = canChange ? await findDeposits(customer.id) : []
  const methods = await listSavedMethods(customer.id)
  const links = canChange ? await listOpenLinks(customer.id) : []
  const kept = new URL(request.url).searchParams.get('kept')
  return {
    base: `/c/${params.customerId}`,
    rows: methods.map((method) => methodRow(method, today, locale)),
    links: links.map((link) =>
      openLinkOf({ ...link, bankName: link.institutionName, step: stepOf(linkFactsOf(link)) }, reading),
    ),
    deposits,
    canChange,
    isOffered: requireCardProcessor().ok,
    news: NEWS[kept ?? ''] ?? null,
  }
}

const NEWS: Readonly<Record<string, string>> = {
  finished: 'It is saved. You can pay with it now.',
  waiting: 'The account is entered. It can be used once its small deposits are confirmed.',
  ended: 'Nothing was saved. You can try again.',
  removed: 'It is removed.',
  default: 'It is offered first from now on.',
}

export default function Methods({ loaderData }: Route.ComponentProps): ReactNode {
  const { base, rows, links, deposits, canChange, isOffered, news } = loaderData
  return (
    <div className="stack">
      <PageHeader
        title="Ways to pay"
        lead="Cards and bank accounts that you keep, to pay without entering them again. The card service keeps the numbers; we never see them."
      />
      {news && <Notice live="polite" title={news} />}
      {deposits.map(({ id, url }) => (
        <Notice key={id} tone="amber" title="Confirm your bank account">
          <p>
            Small deposits are on their way to it, mostly within two business days. When they are there, enter
            what you find.
          </p>
          <div className="row">
            <a className="button button--secondary" href={url}>
              Enter the small deposits
            </a>
          </div>
        </Notice>
      ))}
      {links.map((link) => (
        <Notice key={link.id} tone={link.tone} title={link.title}>
          <div className="stack-s">
            <p>{link.lead}</p>
            <div className="row">
              <ButtonLink variant="secondary" to={`${base}/methods/link/${link.id}`}>
                {link.label}
              </ButtonLink>
            </div>
          </div>
        </Notice>
      ))}
      {rows.length === 0 ? (
        <EmptyState title="No way to pay is saved yet">
          <p className="muted">You can pay without saving one, too.</p>
        </EmptyState>
      ) : (
        <MethodTable rows={rows} base={base} canChange={canChange} />
      )}
      {canChange && isOffered && (
        <div className="row">
          <ButtonLink to={`${base}/methods/add`}>Add a way to pay</ButtonLink>
          <ButtonLink variant="secondary" to={`${base}/autopay`}>
            Autopay
          </ButtonLink>
        </div>
      )}
    </div>
  )
}
