import type { ReactNode } from 'react'
import { data, Link, redirect } from 'react-router'
import { type BankLinkId, type CustomerId, decodeId, encodeId, type PersonId } from '#app/books/ids.ts'
import { REFUSALS, type Result, refuse } from '#app/books/refusals.ts'
import { AccountChoice } from '#app/components/account/account-choice.tsx'
import { linkWords } from '#app/components/methods/bank-link-view.ts'
import { AGREE_FIELD, MandateForm } from '#app/components/methods/mandate-form.tsx'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireBuyer } from '#app/parties/require.server.ts'
import { allowPayForm } from '#app/payments/cart/pay-limit.server.ts'
import { agreeOnPage, orRefuse, readLinkPage } from '#app/payments/linked-banks/links/link-page.server.ts'
import { reopenVisit } from '#app/payments/linked-banks/links/start-link.server.ts'
import { chooseAccount } from '#app/payments/linked-banks/links/sync-link.server.ts'
import { requireBanks } from '#app/payments/linked-banks/require-banks.server.ts'
import { env } from '#app/platform/env.server.ts'
import { requestInfo } from '#app/platform/request-context.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Refresh } from '#app/ui/refresh.tsx'
import type { Route } from './+types/bank-link.ts'

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'pay')
  const linkId = decodeId('bkl', params.linkId)
  const configured = requireBanks()
  const page =
    linkId === null || !configured.ok ? null : await readLinkPage(configured.banks, customer.id, linkId)
  if (page === null) throw notFound()
  const { step, mandate, isStale } = page
  return {
    ...{ step, mandate, isStale },
    words: linkWords(page, await readingFor(request)),
    base: `/c/${params.customerId}`,
    accounts: page.accounts.map(({ accountId, name, mask, verification }) => ({
      ...{ id: accountId, name, mask },
      note: verification === 'pending' ? 'to be confirmed by a small deposit first' : null,
    })),
  }
}

type Asked = {
  readonly form: FormData
  readonly customerId: CustomerId
  readonly personId: PersonId
  readonly linkId: BankLinkId
  readonly acceptance: { readonly ipAddress: string; readonly userAgent: string }
}

export async function action({ request, params, context }: Route.ActionArgs) {
  const { person, customer } = await requireBuyer(request, params.customerId, 'pay')
  const linkId = decodeId('bkl', params.linkId)
  if (linkId === null) throw notFound()
  const form = await request.formData()
  const acceptance = {
    ipAddress: context.get(requestInfo).clientAddress,
    userAgent: request.headers.get('user-agent') ?? 'unknown',
  }
  const allowed = await allowPayForm(person.id)
  const asked = { form, customerId: customer.id, personId: person.id, linkId, acceptance }
  const result = allowed.ok ? await orRefuse(() => actOn(asked)) : allowed
  if (result.ok) throw redirect(result.to, 303)
  const { sentence, status } = REFUSALS[result.refusal.code]
  const fieldId = result.refusal.code === 'MANDATE_NOT_AGREED' ? 'agree' : undefined
  return data({ problem: sentence, fieldId }, { status })
}

/** Does what the pressed button says, and answers where to go. */
async function actOn({ form, ...asked }: Asked): Promise<Result<{ to: string }>> {
  const configured = requireBanks()
  if (!configured.ok) return configured
  const { banks, processor } = configured
  const methods = `/c/${encodeId('cst', asked.customerId)}/methods`
  const here = `${methods}/link/${encodeId('bkl', asked.linkId)}`
  switch (form.get('act')) {
    case 'choose': {
      const accountId = String(form.get('account') ?? '')
      const chosen = await chooseAccount(banks, asked.customerId, asked.linkId, accountId)
      return chosen.ok ? { ok: true, to: here } : chosen
    }
    case 'agree': {
      if (form.get(AGREE_FIELD) !== 'yes') return refuse('MANDATE_NOT_AGREED')
      if (asked.acceptance.ipAddress === '') return refuse('FORM_NOT_READABLE')
      const textHash = String(form.get('hash') ?? '')
      const agreed = await agreeOnPage({ banks, processor, ...asked, textHash })
      if (!agreed.ok) return agreed
      return { ok: true, to: agreed.isKept ? `${methods}?kept=finished` : here }
    }
    case 'bank': {
      const opened = await reopenVisit({ banks, ...asked, origin: env.web.origin }, asked.linkId)
      return opened.ok ? { ok: true, to: opened.url } : opened
    }
    default:
      return refuse('FORM_NOT_READABLE')
  }
}

/** Steps at which something happens by itself. */
const MOVING = new Set(['checking', 'keeping'])
const BANK_LABELS: Readonly<Record<string, string>> = {
  at_bank: 'Go on at the bank',
  left: 'Try again at the bank',
  repair: 'Sign in to the bank',
  gone: 'Link a bank account',
}

export default function BankLinkPage({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { words, step, accounts, mandate, isStale, base } = loaderData
  const problem = actionData?.problem
  const bankLabel = BANK_LABELS[step]
  return (
    <div className={mandate === null ? 'stack narrow' : 'stack measure'}>
      <title>{titleWithErrors(words.title, problem !== undefined)}</title>
      <ErrorSummary
        problems={
          problem === undefined
            ? []
            : [{ message: problem, ...(actionData?.fieldId && { fieldId: actionData.fieldId }) }]
        }
      />
      <PageHeader title={words.title} lead={words.lead} />
      {isStale && (
        <Notice
          tone="amber"
          live="polite"
          title="The bank could not be asked just now. This page looks again by itself."
        />
      )}
      {(isStale || MOVING.has(step)) && <Refresh seconds={5} />}
      {step === 'choose' && <AccountChoice accounts={accounts} />}
      {mandate !== null && (
        <MandateForm {...mandate} {...(actionData?.fieldId === 'agree' && { error: problem })} />
      )}
      {bankLabel !== undefined && (
        <ActionForm className="row">
          <Button name="act" value="bank" pendingLabel="Opening the bank’s page…">
            {bankLabel}
          </Button>
        </ActionForm>
      )}
      <p>
        <Link to={`${base}/methods`}>Back to your ways to pay</Link>
      </p>
    </div>
  )
}
