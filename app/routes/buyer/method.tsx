import type { ReactNode } from 'react'
import { data, Link, redirect } from 'react-router'
import { z } from 'zod'
import { decodeId } from '#app/books/ids.ts'
import { REFUSALS, type Result } from '#app/books/refusals.ts'
import { methodRow } from '#app/components/methods/method-view.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireBuyer } from '#app/parties/require.server.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { makeDefault, removeMethod } from '#app/payments/methods/change-method.server.ts'
import { findSavedMethod } from '#app/payments/methods/method-queries.server.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/method.ts'

const act = z.enum(['default', 'remove'])

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'pay')
  const { today, locale } = await readingFor(request)
  const id = decodeId('met', params.methodId)
  const method = id === null ? null : await findSavedMethod(customer.id, id)
  if (method === null) throw notFound()
  return { base: `/c/${params.customerId}`, row: methodRow(method, today, locale) }
}

export async function action({ request, params }: Route.ActionArgs) {
  const { person, customer } = await requireBuyer(request, params.customerId, 'pay')
  const methodId = decodeId('met', params.methodId)
  if (methodId === null) throw notFound()
  const chosen = act.safeParse((await request.formData()).get('act'))
  if (!chosen.success) return data({ problem: REFUSALS.FORM_NOT_READABLE.sentence }, { status: 400 })
  const change = { customerId: customer.id, personId: person.id, methodId }
  const result: Result<object> = chosen.data === 'default' ? await makeDefault(change) : await remove(change)
  if (result.ok) throw redirect(`/c/${params.customerId}/methods?kept=${DONE[chosen.data]}`, 303)
  const { sentence, status } = REFUSALS[result.refusal.code]
  return data({ problem: sentence }, { status })
}

const DONE = { default: 'default', remove: 'removed' } as const

async function remove(change: Parameters<typeof makeDefault>[0]): Promise<Result<object>> {
  const configured = requireCardProcessor()
  return configured.ok ? removeMethod(configured.processor, change) : configured
}

export default function Method({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { row, base } = loaderData
  const problem = actionData?.problem
  return (
    <div className="stack narrow">
      <title>{titleWithErrors(row.name, problem !== undefined)}</title>
      <ErrorSummary problems={problem === undefined ? [] : [{ message: problem }]} />
      <PageHeader title={row.name} lead={row.kind} />
      {row.warning && <Notice tone={row.warning.tone} title={row.warning.text} />}
      <KeyValues
        facts={[
          { key: 'expiry', name: 'Good until', value: row.expiry ?? 'No expiry' },
          { key: 'used', name: 'Used by', value: row.usedBy ?? 'Nothing yet' },
          { key: 'default', name: 'Offered first', value: row.isDefault ? 'Yes' : 'No' },
        ]}
      />
      <ActionForm className="row">
        {row.warning && <ButtonLink to={`${base}/methods/add`}>Add another way to pay</ButtonLink>}
        {!row.isDefault && row.warning?.tone !== 'brick' && (
          <Button name="act" value="default">
            Offer it first
          </Button>
        )}
        <Button variant="danger" name="act" value="remove" pendingLabel="Removing…">
          Remove it
        </Button>
      </ActionForm>
      <p>
        <Link to={`${base}/methods`}>Back to your ways to pay</Link>
      </p>
    </div>
  )
}
