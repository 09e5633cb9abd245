/** What staff do about pay links and disputes, on the pages of an invoice and of a customer. */
import { data, redirect } from 'react-router'
import { type CustomerId, decodeId, type InvoiceId, type PersonId } from '#app/books/ids.ts'
import { REFUSALS, type Result } from '#app/books/refusals.ts'
import { LINK_FIELDS, type PayLinkPanel } from '#app/components/cart/pay-links.tsx'
import { CLOSE_FIELDS } from '#app/components/invoices/close-dispute-form.tsx'
import { CLOSING_OUTCOMES, closeDispute } from '#app/disputes/close-dispute.server.ts'
import {
  linkName,
  listContacts,
  listStandingLinks,
  revokePayLink,
  sendPayLink,
} from '#app/parties/links/send-pay-link.server.ts'
import { notFound } from '#app/parties/require.server.ts'
import { addDays, businessDateIn, formatBusinessDate, formatInstant } from '#app/platform/time.ts'

type Place = { readonly customerId: CustomerId; readonly invoiceId: InvoiceId | null; readonly path: string }
type Words = { readonly locale: string; readonly timeZone: string }

/** The links that stand, and to whom a new one could go. */
export async function payLinkPanel(
  customerId: CustomerId,
  invoiceId: InvoiceId | null,
  hasOpen: boolean,
  { locale, timeZone }: Words,
): Promise<PayLinkPanel> {
  const links = await listStandingLinks(customerId, invoiceId)
  return {
    contacts: hasOpen ? await listContacts(customerId) : [],
    links: links.map(({ id, recipient, what, expiresAt, lastUsedAt }) => ({
      ...{ id: linkName(id), recipient, what },
      until: formatBusinessDate(addDays(businessDateIn('UTC', expiresAt), -1), locale),
      used: lastUsedAt === null ? 'never' : formatInstant(lastUsedAt, timeZone, locale),
    })),
  }
}

/** Mails a link, or ends the one that the form names. */
export async function answerLinkForm(form: FormData, place: Place, personId: PersonId) {
  const { customerId, invoiceId, path } = place
  const ended = form.get(LINK_FIELDS.revoke)
  if (ended !== null) {
    const linkId = decodeId('lnk', String(ended))
    if (linkId === null || !(await revokePayLink(linkId, customerId, personId))) throw notFound()
    throw redirect(`${path}?done=link-ended`, 303)
  }
  const recipient = String(form.get(LINK_FIELDS.recipient) ?? '')
  return answered(await sendPayLink({ customerId, invoiceId, recipient, personId }), `${path}?done=link-sent`)
}

/** Ends the dispute that the form names, as it says. */
export async function closeFromForm(
  form: FormData,
  { invoiceId, path }: Place & { readonly invoiceId: InvoiceId },
  personId: PersonId,
) {
  const disputeId = decodeId('dsp', String(form.get(CLOSE_FIELDS.dispute)))
  const outcome = CLOSING_OUTCOMES.find((each) => each === form.get(CLOSE_FIELDS.outcome))
  if (disputeId === null || outcome === undefined) throw notFound()
  return answered(
    await closeDispute({ disputeId, invoiceId, outcome, personId }),
    `${path}?done=dispute-closed`,
  )
}

function answered(result: Result<object>, path: string) {
  if (result.ok) throw redirect(path, 303)
  const { status, sentence } = REFUSALS[result.refusal.code]
  return data({ sentence }, { status })
}

const DONE: Readonly<Record<string, string>> = {
  'link-sent': 'The pay link is on its way.',
  'link-ended': 'The pay link cannot be used any more.',
  'dispute-closed': 'The dispute is closed, and what it held is free again.',
}

/** What was done just now, as the address says it. */
export function doneWords(address: URLSearchParams): string | null {
  const done = address.get('done') ?? ''
  return Object.hasOwn(DONE, done) ? (DONE[done] ?? null) : null
}
