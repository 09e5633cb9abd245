import type { ReactNode } from 'react'
import { data, redirect } from 'react-router'
import { type CustomerId, encodeId } from '#app/books/ids.ts'
import { REFUSALS, type Refusal } from '#app/books/refusals.ts'
import { AutopayChoices, AutopayConsent } from '#app/components/autopay/autopay-setup-form.tsx'
import { toDecimal } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { listAutopayCurrencies, listOrders } from '#app/payments/autopay/autopay-queries.server.ts'
import type { AutopayOrderRecord } from '#app/payments/autopay/autopay-record.ts'
import { drawUpAgreement } from '#app/payments/autopay/orders/draw-up-agreement.server.ts'
import { enrollAutopay } from '#app/payments/autopay/orders/enroll.server.ts'
import {
  AGREE_INTENT,
  EDIT_INTENT,
  parseSetup,
  SETUP_FIELDS,
  type SetupProblem,
  type TypedSetup,
  typedSetup,
} from '#app/payments/autopay/orders/parse-setup.ts'
import { listSavedMethods } from '#app/payments/methods/method-queries.server.ts'
import { expiryOf, methodName } from '#app/payments/methods/saved-method.ts'
import { requestInfo } from '#app/platform/request-context.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/autopay-setup.ts'

const TITLE = 'Set up autopay'

type Shown = { readonly paragraphs: readonly string[]; readonly hash: string }
type Answer = {
  readonly typed: TypedSetup
  readonly problems: readonly SetupProblem[]
  readonly shown: Shown | null
}

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'pay')
  const { today } = await readingFor(request)
  const methods = await listSavedMethods(customer.id)
  const usable = methods.filter((each) => each.state === 'active' && expiryOf(each, today) !== 'expired')
  const currencies = await listAutopayCurrencies(customer.id)
  const asked = new URL(request.url).searchParams.get('currency')
  const before = (await listOrders(customer.id)).find((each) => each.currency === asked)
  return {
    base: `/c/${params.customerId}`,
    methods: usable.map((each): [string, string] => [encodeId('met', each.id), methodName(each)]),
    currencies,
    typed: startOf(before, currencies[0] ?? ''),
  }
}

/** The form of an order that is changed, or an empty one. */
function startOf(order: AutopayOrderRecord | undefined, currency: string): TypedSetup {
  const blank = { currency, method: '', scope: 'all', site: '', poPrefix: '', upTo: '', days: '0', limit: '' }
  if (order === undefined) return blank
  const { scope } = order
  const filter =
    scope.kind === 'all'
      ? {}
      : {
          scope: 'filter',
          ...{ site: scope.siteId ?? '', poPrefix: scope.poPrefix ?? '' },
          upTo: scope.upToMinor === null ? '' : toDecimal(money(scope.upToMinor, order.currency)),
        }
  const method = encodeId('met', order.methodId)
  const { daysBefore, limit } = order
  return {
    ...blank,
    ...filter,
    currency: order.currency,
    method,
    days: String(daysBefore),
    limit: toDecimal(limit),
  }
}

export async function action({ request, params, context }: Route.ActionArgs) {
  const { person, customer } = await requireBuyer(request, params.customerId, 'pay')
  const form = await request.formData()
  const typed = typedSetup(form)
  const intent = form.get(SETUP_FIELDS.intent)
  if (intent === EDIT_INTENT) return again(typed, [], null, 200)
  if (intent !== AGREE_INTENT) return showText(customer.id, person.name, typed)
  if (form.get(SETUP_FIELDS.agreed) !== 'yes')
    return showText(customer.id, person.name, typed, 'AUTOPAY_NOT_AGREED')
  const parsed = parseSetup(typed)
  if (!parsed.ok) return again(typed, parsed.problems, null, 400)
  const enrolled = await enrollAutopay({
    ...{ customerId: customer.id, personId: person.id, personName: person.name, terms: parsed.terms },
    shownHash: String(form.get(SETUP_FIELDS.textHash) ?? ''),
    acceptance: {
      ipAddress: context.get(requestInfo).clientAddress,
      userAgent: request.headers.get('user-agent') ?? '',
    },
  })
  if (enrolled.ok) throw redirect(`/c/${params.customerId}/autopay`, 303)
  const { code } = enrolled.refusal
  return code === 'AUTOPAY_TEXT_CHANGED'
    ? showText(customer.id, person.name, typed, code)
    : refused(typed, enrolled.refusal)
}

/** The text that was chosen, to be read and ticked; the form again when there is none. */
async function showText(
  customerId: CustomerId,
  personName: string,
  typed: TypedSetup,
  why?: 'AUTOPAY_NOT_AGREED' | 'AUTOPAY_TEXT_CHANGED',
) {
  const parsed = parseSetup(typed)
  if (!parsed.ok) return again(typed, parsed.problems, null, 400)
  const agreement = await drawUpAgreement(customerId, personName, parsed.terms)
  if (!agreement.ok) return refused(typed, agreement.refusal)
  const { paragraphs, hash } = agreement
  if (why === undefined) return again(typed, [], { paragraphs, hash }, 200)
  const { sentence, status } = REFUSALS[why]
  return again(typed, [{ fieldId: SETUP_FIELDS.agreed, message: sentence }], { paragraphs, hash }, status)
}

function refused(typed: TypedSetup, { code }: Refusal) {
  const { sentence, status } = REFUSALS[code]
  const fieldId = code === 'AUTOPAY_LIMIT_ABOVE_CAP' ? SETUP_FIELDS.limit : SETUP_FIELDS.method
  return again(typed, [{ fieldId, message: sentence }], null, status)
}

function again(typed: TypedSetup, problems: readonly SetupProblem[], shown: Shown | null, status: number) {
  return data<Answer>({ typed, problems, shown }, { status })
}

export default function AutopaySetup({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { base, methods, currencies } = loaderData
  const { typed, problems, shown } = actionData ?? { typed: loaderData.typed, problems: [], shown: null }
  if (methods.length === 0 || currencies.length === 0)
    return (
      <>
        <title>{TITLE}</title>
        <PageHeader title={TITLE} />
        <EmptyState
          title={methods.length === 0 ? 'There is nothing to pay by yet' : 'There is nothing to pay yet'}
        >
          {methods.length === 0 ? (
            <ButtonLink to={`${base}/methods/add`}>Add a card or bank account</ButtonLink>
          ) : (
            <p className="muted">Autopay can be set up as soon as the first invoice is issued to you.</p>
          )}
        </EmptyState>
      </>
    )
  return (
    <div className="stack narrow">
      <title>{titleWithErrors(TITLE, problems.length > 0)}</title>
      <ErrorSummary problems={problems} />
      <PageHeader
        title={shown ? 'Read and agree' : TITLE}
        lead={
          shown
            ? 'This is the whole text. A copy is mailed to you.'
            : 'Nothing is set up before you have read the text and agreed to it.'
        }
      />
      {shown ? (
        <AutopayConsent typed={typed} {...shown} problem={problems[0]?.message} />
      ) : (
        <AutopayChoices
          typed={typed}
          problems={problems}
          currencies={currencies}
          methods={methods}
          backHref={`${base}/autopay`}
        />
      )}
    </div>
  )
}
