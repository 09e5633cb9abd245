import type { ReactNode } from 'react'
import { data, Link, redirect } from 'react-router'
import { asId, type ChargebackId, decodeId, encodeId, newId } from '#app/books/ids.ts'
import { REFUSALS, refuse } from '#app/books/refusals.ts'
import { AcceptForm, EvidenceForm } from '#app/components/money-back/chargeback-forms.tsx'
import { chargebackPage } from '#app/components/money-back/chargeback-view.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireStaff } from '#app/parties/require.server.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { answerChargeback } from '#app/payments/chargebacks/answer-chargeback.server.ts'
import { findChargeback } from '#app/payments/chargebacks/chargeback-queries.server.ts'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { StatusTag } from '#app/ui/status-tag.tsx'
import type { Route } from './+types/chargeback.ts'

export async function loader({ request, params }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const chargeback = await findChargeback(requireChargebackId(params.chargebackId))
  if (chargeback === null) throw notFound()
  return {
    ...chargebackPage(chargeback, reading),
    attemptId: encodeId('att', newId<'att'>()),
    isDone: new URL(request.url).searchParams.has('done'),
  }
}

export async function action({ request, params }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  const chargebackId = requireChargebackId(params.chargebackId)
  const form = await request.formData()
  const typed = String(form.get('evidence') ?? '')
  const isAcceptance = form.get('act') === 'accept'
  if (isAcceptance && form.get('sure') !== 'yes')
    return data(
      { typed, field: 'sure', problem: 'Tick that the customer may keep the money.' },
      { status: 400 },
    )
  if (!isAcceptance && typed.trim() === '')
    return data({ typed, field: 'evidence', problem: 'Write what you can show.' }, { status: 400 })
  const attemptId = decodeId('att', String(form.get('attempt') ?? ''))
  const configured = requireCardProcessor()
  const answer =
    !configured.ok || attemptId === null
      ? refuse(configured.ok ? 'FORM_NOT_READABLE' : 'CARD_NOT_OFFERED')
      : await answerChargeback({
          ...{ processor: configured.processor, chargebackId, personId: person.id },
          ...{ attemptId: asId<'att'>(attemptId), evidence: isAcceptance ? null : typed.trim() },
        })
  if (answer.ok) return redirect(`/staff/chargebacks/${params.chargebackId}?done`, 303)
  const { status, sentence } = REFUSALS[answer.refusal.code]
  return data({ typed, field: null, problem: sentence }, { status })
}

function requireChargebackId(text: string): ChargebackId {
  const id = decodeId('cbk', text)
  if (id === null) throw notFound()
  return id
}

export default function Chargeback({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { payment, customer, facts, evidenceText, attemptId } = loaderData
  const problemAt = (field: string): string | undefined =>
    actionData?.field === field ? actionData.problem : undefined
  return (
    <>
      <title>{titleWithErrors(`Chargeback of payment ${payment.number}`, actionData !== undefined)}</title>
      <PageHeader
        kicker={<Link to={`/staff/customers/${customer.id}`}>{customer.name}</Link>}
        title={`Chargeback of ${loaderData.amount}`}
        lead={
          <StatusTag
            tone={loaderData.tone}
            shape={loaderData.shape}
            detail={loaderData.due && `by ${loaderData.due}`}
          >
            {loaderData.word}
          </StatusTag>
        }
      />
      <div className="stack">
        <ErrorSummary
          problems={
            actionData
              ? [{ message: actionData.problem, ...(actionData.field && { fieldId: actionData.field }) }]
              : []
          }
        />
        {loaderData.isDone && (
          <Notice tone="accent" live="polite">
            <p>Your answer is recorded. What the card service made of it is shown below.</p>
          </Notice>
        )}
        {loaderData.isUnclear && (
          <Notice tone="amber" title="We are checking whether the last answer arrived">
            <p>The card service did not answer clearly. Do not answer again; this page will say so.</p>
          </Notice>
        )}
        {loaderData.wasRefused && (
          <Notice tone="brick" title="The card service did not take the last answer">
            <p>Nothing was handed in. The reason is with the requests on the payment’s page.</p>
          </Notice>
        )}
        <KeyValues
          facts={[
            {
              key: 'payment',
              name: 'Payment',
              value: <Link to={`/staff/payments/${payment.id}`}>{payment.number}</Link>,
            },
            ...facts.map(([name, value]) => ({
              key: name,
              name,
              value: <span className="wrap-anywhere">{value}</span>,
            })),
          ]}
        />
      </div>
      {evidenceText && (
        <section className="section">
          <h2>What was said</h2>
          <p className="pre-line">{evidenceText}</p>
        </section>
      )}
      {(loaderData.maySend || loaderData.mayAccept) && (
        <section className="section stack">
          <h2>Answer the bank</h2>
          {loaderData.maySend && (
            <EvidenceForm
              attemptId={attemptId}
              typed={actionData?.typed ?? ''}
              error={problemAt('evidence')}
            />
          )}
          {loaderData.mayAccept && (
            <AcceptForm attemptId={attemptId} amount={loaderData.amount} error={problemAt('sure')} />
          )}
        </section>
      )}
    </>
  )
}
