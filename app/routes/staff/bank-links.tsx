import type { ReactNode } from 'react'
import { data, Link, redirect } from 'react-router'
import { z } from 'zod'
import { decodeId, encodeId } from '#app/books/ids.ts'
import { REFUSALS } from '#app/books/refusals.ts'
import { accountWords } from '#app/components/methods/bank-link-view.ts'
import { type LinkReview, LinkReviewItem } from '#app/components/methods/link-review.tsx'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { listLinksInReview } from '#app/payments/linked-banks/links/bank-link-queries.server.ts'
import { decideLink } from '#app/payments/linked-banks/links/decide-link.server.ts'
import { requireBanks } from '#app/payments/linked-banks/require-banks.server.ts'
import { formatInstant } from '#app/platform/time.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/bank-links.ts'

const decision = z.object({
  link: z.string(),
  act: z.enum(['approve', 'refuse']),
  reason: z.string().trim().max(1000),
})

export async function loader({ request }: Route.LoaderArgs) {
  const person = await requireStaff(request, 'clerk')
  const { timeZone, locale } = await readingFor(request)
  const reviews = (await listLinksInReview()).map(
    ({ customer, ...link }): LinkReview => ({
      id: encodeId('bkl', link.id),
      account: accountWords({ ...link, bankName: link.institutionName }),
      customer: { ...customer, id: encodeId('cst', customer.id) },
      bankNames: link.holderNames.length === 0 ? null : link.holderNames.join(', '),
      score: link.nameScore === null ? null : String(link.nameScore),
      since: formatInstant(link.updatedAt, timeZone, locale),
    }),
  )
  const isDone = new URL(request.url).searchParams.has('decided')
  return { reviews, isDone, canDecide: person.staffRole === 'manager' }
}

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'manager')
  const sent = decision.safeParse(Object.fromEntries(await request.formData()))
  if (!sent.success) return data({ id: '', reason: '', problem: REFUSALS.FORM_NOT_READABLE.sentence }, 400)
  const { link, act, reason } = sent.data
  const linkId = decodeId('bkl', link)
  const configured = requireBanks()
  if (!configured.ok || linkId === null)
    return data({ id: link, reason, problem: REFUSALS.BANK_LINK_NOT_FOUND.sentence }, 404)
  if (reason === '')
    return data({ id: link, reason, problem: 'Say in a few words why; it stays with the account.' }, 400)
  const { banks } = configured
  const decided = await decideLink({
    ...{ banks, linkId, personId: person.id, isApproved: act === 'approve', note: reason },
  })
  if (decided.ok) return redirect('/staff/bank-links?decided', 303)
  const { sentence, status } = REFUSALS[decided.refusal.code]
  return data({ id: link, reason, problem: sentence }, status)
}

export default function BankLinks({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { reviews, isDone, canDecide } = loaderData
  return (
    <div className="stack">
      <title>{titleWithErrors('Bank accounts to look at', actionData !== undefined)}</title>
      <PageHeader
        title="Bank accounts to look at"
        lead="Accounts that customers linked, and whose holder the bank does not name as our customer, or does not name at all. Nothing is debited before somebody decides."
      />
      <ErrorSummary
        problems={actionData ? [{ fieldId: `reason-${actionData.id}`, message: actionData.problem }] : []}
      />
      {isDone && (
        <Notice
          tone="accent"
          live="polite"
          title="It is decided. The customer is written to; who decided is in the audit log."
        />
      )}
      {reviews.length === 0 ? (
        <EmptyState title="No account waits for a decision">
          <Link to="/staff">Back to today</Link>
        </EmptyState>
      ) : (
        <ul className="cases">
          {reviews.map((review) => (
            <LinkReviewItem
              key={review.id}
              review={review}
              canDecide={canDecide}
              refused={actionData?.id === review.id ? actionData : undefined}
            />
          ))}
        </ul>
      )}
    </div>
  )
}
