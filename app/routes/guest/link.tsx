import type { ReactNode } from 'react'
import { Link, redirect } from 'react-router'
import { decodeId, encodeId, type InvoiceId } from '#app/books/ids.ts'
import type { Result } from '#app/books/refusals.ts'
import { hasProblems, PayCarts } from '#app/components/cart/pay-page.tsx'
import { paymentListRow } from '#app/components/payments/payment-list-view.ts'
import { formatMoney } from '#app/money/format.ts'
import { findPayLink, paymentTicket, requirePayLink } from '#app/parties/links/open-pay-link.server.ts'
import { maskAddress, type PayLink } from '#app/parties/links/pay-link.ts'
import { renewPayLink } from '#app/parties/links/send-pay-link.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound } from '#app/parties/require.server.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import type { Cart } from '#app/payments/cart/cart.ts'
import { findCreditOfLink } from '#app/payments/cart/covered-cart.server.ts'
import { allowPayForm } from '#app/payments/cart/pay-limit.server.ts'
import { listPaymentsOfLink } from '#app/payments/overview/payment-queries.server.ts'
import { type Opened, payInvoices } from '#app/payments/pay-invoices.server.ts'
import { env } from '#app/platform/env.server.ts'
import { answerPayForm, loadCarts, type PayPage } from '#app/routes/buyer/pay-form.server.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button, DownloadLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { titleWithErrors } from '#app/ui/error-summary.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/link.ts'
import { invoicesOfLink } from './guest-invoices.server.ts'

/** Value of the intent field that asks for a new link in place of an expired one. */
const RENEW_INTENT = 'renew'

/** Names the form that credit paid whole, in the address that it leads to. */
const COVERED_PARAM = 'covered'

export async function loader({ request, params }: Route.LoaderArgs) {
  const link = await requirePayLink(params.token)
  const isSent = new URL(request.url).searchParams.has('sent')
  if (link.isExpired) return { expired: { recipient: maskAddress(link.recipient), isSent } } as const
  const reading = await readingFor(request)
  const ids = await invoicesOfLink(link, reading)
  const page = await loadCarts(pageOf(link, new Set(ids), reading), ids)
  const rows = page.carts.flatMap((cart) => cart.rows)
  const named = rows.find((row) => row.invoiceId === (link.invoiceId && encodeId('inv', link.invoiceId)))
  const paid = await listPaymentsOfLink(link.id)
  const covering = decodeId('pay', new URL(request.url).searchParams.get(COVERED_PARAM) ?? '')
  const credit = covering && (await findCreditOfLink(link.id, link.customerId, covering))
  return {
    expired: null,
    title: link.invoiceId === null ? 'Your open invoices' : `Invoice ${named?.number ?? ''}`.trim(),
    ...page,
    covered: credit && formatMoney(credit, reading.locale),
    isOffered: requireCardProcessor().ok,
    papers: (link.invoiceId === null
      ? rows
      : [{ invoiceId: encodeId('inv', link.invoiceId), number: '' }]
    ).map(({ invoiceId, number }) => ({
      href: `/l/${params.token}/invoices/${invoiceId}/invoice.pdf`,
      label: number === '' ? 'Invoice PDF' : `Invoice ${number}, PDF`,
    })),
    payments: paid.map((each) => {
      const row = paymentListRow(each, reading)
      return {
        number: row.number,
        href: `/l/${params.token}/payments/${encodeId('pay', each.id)}`,
        amount: row.amount,
      }
    }),
  }
}

/** A guest pays; disputing is for people who are known. */
function pageOf(
  { customerId }: PayLink,
  own: ReadonlySet<InvoiceId>,
  reading: Awaited<ReturnType<typeof readingFor>>,
): PayPage {
  return { customerId, mayDispute: false, base: null, own, reading }
}

export async function action({ request, params }: Route.ActionArgs) {
  const link = await findPayLink(params.token)
  if (link === null) throw notFound()
  const form = await request.formData()
  if (link.isExpired) {
    if (form.get('intent') === RENEW_INTENT) await renewPayLink(link)
    throw redirect(`/l/${params.token}?sent`, 303)
  }
  const reading = await readingFor(request)
  const own = new Set(await invoicesOfLink(link, reading))
  const answer = await answerPayForm(pageOf(link, own, reading), form, (cart) => payByLink(link, own, cart))
  if (answer.paid === null) return answer.page
  const { checkoutUrl, paymentId, isCovered } = answer.paid
  if (isCovered) throw redirect(`/l/${params.token}?${COVERED_PARAM}=${encodeId('pay', paymentId)}`, 303)
  throw redirect(checkoutUrl ?? paymentPath(link, paymentId), 303)
}

function paymentPath(link: PayLink, paymentId: Cart['paymentId']): string {
  return `/l/${paymentTicket(link.id, paymentId)}/payments/${encodeId('pay', paymentId)}`
}

/** Pays what the link is for, through the same use case as everybody. Another invoice is answered as one that does not exist. */
async function payByLink(link: PayLink, own: ReadonlySet<InvoiceId>, cart: Cart): Promise<Result<Opened>> {
  const allowed = await allowPayForm(link.id)
  if (!allowed.ok) return allowed
  const strange = cart.items.find(({ invoiceId }) => !own.has(invoiceId))
  if (strange !== undefined)
    return { ok: false, refusal: { code: 'INVOICE_NOT_FOUND', invoiceId: strange.invoiceId } }
  const configured = requireCardProcessor()
  const payment = paymentPath(link, cart.paymentId)
  return payInvoices({
    processor: configured.ok ? configured.processor : null,
    customerId: link.customerId,
    personId: null,
    payLinkId: link.id,
    cart: { ...cart, rowIds: (cart.rowIds ?? []).filter((id) => own.has(id)) },
    origin: env.web.origin,
    paths: { back: `${payment}/return`, payment },
  })
}

export default function GuestLink({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  if (loaderData.expired !== null) return <Expired {...loaderData.expired} />
  const { title, papers, payments, covered, ...page } = loaderData
  return (
    <>
      <title>{titleWithErrors(title, hasProblems(actionData))}</title>
      <PageHeader
        title={title}
        lead={page.carts.length > 0 && 'Check the amounts, then pay. You need no account.'}
      >
        {papers.length === 1 && papers.map((paper) => <Paper key={paper.href} {...paper} />)}
      </PageHeader>
      {covered && (
        <Notice live="polite">
          <p>{covered} of credit was applied. Nothing was charged.</p>
        </Notice>
      )}
      <PayCarts
        {...page}
        answer={actionData}
        action=""
        empty={
          <EmptyState title="There is nothing to pay here">
            <p className="muted">Everything that this link is for is paid, on its way or in dispute.</p>
          </EmptyState>
        }
      />
      {payments.length > 0 && (
        <section className="section">
          <h2>Paid with this link</h2>
          <KeyValues
            facts={payments.map(({ number, href, amount }) => ({
              key: number,
              name: <Link to={href}>Payment {number}</Link>,
              value: amount,
            }))}
          />
        </section>
      )}
      {papers.length > 1 && (
        <section className="section">
          <h2>The invoices</h2>
          <ul className="stack-s">
            {papers.map((paper) => (
              <li key={paper.href}>
                <Paper {...paper} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function Paper({ href, label }: { href: string; label: string }): ReactNode {
  return <DownloadLink href={href}>{label}</DownloadLink>
}

/** An expired link is sent again to the address that it was for, and to no other. */
function Expired({ recipient, isSent }: { recipient: string; isSent: boolean }): ReactNode {
  return (
    <div className="stack narrow">
      <title>This link has expired</title>
      <PageHeader title="This link has expired" lead="Nothing was charged." />
      {isSent ? (
        <Notice live="polite">
          <p>
            A new link is on its way to {recipient}. If it does not come within a few minutes, look into the
            spam folder.
          </p>
        </Notice>
      ) : (
        <>
          <p>We can mail a new one to the address that this one was sent to: {recipient}.</p>
          <ActionForm>
            <Button large name="intent" value={RENEW_INTENT} pendingLabel="Sending…">
              Mail a new link
            </Button>
          </ActionForm>
        </>
      )}
    </div>
  )
}
