import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { type CustomerId, decodeId, encodeId, newId } from '#app/books/ids.ts'
import { CustomerChoice } from '#app/components/account/customer-choice.tsx'
import { LineStateTag, SuggestionForm } from '#app/components/cash/bank-lines.tsx'
import { suggestionView } from '#app/components/cash/bank-view.ts'
import { PartForm } from '#app/components/cash/part-form.tsx'
import { NOTHING_TYPED, remittanceRow } from '#app/components/cash/remittance-view.ts'
import { listCustomerBalances } from '#app/invoices/customer-balances.server.ts'
import { formatMoney, toDecimal } from '#app/money/format.ts'
import { isPositive } from '#app/money/money.ts'
import { findCustomerFile } from '#app/parties/customer-people.server.ts'
import { type PageReading, readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, readCustomerId, requireStaff } from '#app/parties/require.server.ts'
import type { BankLine } from '#app/payments/bank-statements/bank-line.ts'
import { findBankLine } from '#app/payments/bank-statements/bank-queries.server.ts'
import { encodePart, methodOf, PART_FIELD, restOf } from '#app/payments/bank-statements/match-form.ts'
import { suggestFor } from '#app/payments/bank-statements/suggest-matches.server.ts'
import { listOpenInvoices } from '#app/payments/cash/open-invoices.server.ts'
import { formatBusinessDate } from '#app/platform/time.ts'
import { answerLine, partsOf } from '#app/routes/staff/bank-answers.server.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/bank-line.ts'

/** What the page says after an act, by the word that the address then carries. */
const DONE: Readonly<Record<string, string>> = {
  match: 'The movement is booked.',
  book: 'The movement is booked.',
  ignore: 'The movement needs nothing any more.',
  reopen: 'The movement is open again, and what it had become is taken back.',
}

async function requireLine(text: string) {
  const id = decodeId('bln', text)
  const line = id && (await findBankLine(id))
  if (!line) throw notFound()
  return line
}

export async function loader({ request, params }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const { locale } = reading
  const address = new URL(request.url).searchParams
  const line = await requireLine(params.lineId)
  const parts = partsOf(address, line)
  const rest = restOf(line, parts)
  const suggestions = (await suggestFor([line])).get(line.id) ?? []
  const canSplit = line.state === 'open' && isPositive(line.amount)
  return {
    id: params.lineId,
    state: line.state,
    done: DONE[address.get('done') ?? ''] ?? null,
    amount: formatMoney(line.amount, locale),
    facts: [
      ['Booked', formatBusinessDate(line.bookedOn, locale)],
      ['Value day', line.valueOn && formatBusinessDate(line.valueOn, locale)],
      [isPositive(line.amount) ? 'From' : 'To', line.counterparty],
      ['Reference', line.reference],
      ['Text', line.description],
      ['Account', line.accountLast4 && `ending ${line.accountLast4}`],
      ['Note', line.note],
      ['Payout', line.matchedKind === 'payment' ? null : line.matchedId],
    ] as const,
    payments: line.payments.map((each) => ({
      ...{
        id: encodeId('pay', each.id),
        number: each.number,
        customer: each.customerName,
        isTakenBack: each.isTakenBack,
      },
      amount: formatMoney(each.amount, locale),
    })),
    suggestions: suggestions.map((each) => suggestionView(line, each, locale)),
    parts: await Promise.all(
      parts.map(async (part) => ({
        key: part.paymentId,
        customer: (await findCustomerFile(part.customerId))?.name ?? '',
        amount: formatMoney(part.amount, locale),
      })),
    ),
    isWhole: parts.length > 0 && rest.minor === 0n,
    rest: formatMoney(rest, locale),
    step: canSplit && isPositive(rest) ? await nextStep(line, address, toDecimal(rest), reading) : null,
  }
}

/** Which customer comes next: a search, or the form of the one that was chosen. */
async function nextStep(
  line: BankLine,
  address: URLSearchParams,
  rest: string,
  { locale, today }: PageReading,
) {
  const customerId: CustomerId | null = readCustomerId(address.get('customer') ?? '')
  const { currency } = line.amount
  const file = customerId && (await findCustomerFile(customerId))
  if (customerId && file) {
    const { invoices, hasMore } = await listOpenInvoices({ customerId, currency, number: '' })
    return {
      part: {
        ...{ customer: { id: encodeId('cst', customerId), name: file.name }, currency, rest, hasMore },
        ...{ paymentId: encodeId('pay', newId<'pay'>()), method: methodOf(line) },
        rows: invoices.map((invoice) => remittanceRow(invoice, locale)),
      },
    } as const
  }
  const typed = (address.get('q') ?? '').trim().replaceAll('\0', '').slice(0, 200)
  const kept = partsOf(address, line).map((part) => [PART_FIELD, encodePart(part)] as [string, string])
  const found = await listCustomerBalances({ text: typed === '' ? null : typed, after: null, today })
  return {
    kept: kept.map(([, value]) => value),
    choice: {
      ...{ typed, more: found.next !== null },
      rows: found.customers.slice(0, 20).map(({ id, name, number, balances }) => ({
        ...{ id, name, number, open: balances.map(({ open }) => formatMoney(open, locale)).join(' + ') },
        href: `/staff/bank/${encodeId('bln', line.id)}?${new URLSearchParams([...kept, ['customer', encodeId('cst', id)]])}`,
      })),
    },
  } as const
}

export async function action({ request, params }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  const line = await requireLine(params.lineId)
  return answerLine(line, await request.formData(), new URL(request.url).searchParams, person.id)
}

export default function BankLinePage({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { id, state, amount, facts, done, payments, suggestions, step } = loaderData
  const problems = actionData?.problems ?? []
  return (
    <div className="stack-l">
      <title>{titleWithErrors(`Movement of ${amount}`, problems.length > 0)}</title>
      <PageHeader
        kicker={<Link to="/staff/bank">Bank</Link>}
        title={`Movement of ${amount}`}
        lead={<LineStateTag state={state} />}
      />
      <ErrorSummary problems={problems} />
      {done !== null && problems.length === 0 && (
        <Notice tone="accent" live="polite">
          <p>{done}</p>
        </Notice>
      )}
      <KeyValues
        facts={facts.flatMap(([name, value]) =>
          value ? [{ key: name, name, value: <span className="wrap-anywhere">{value}</span> }] : [],
        )}
      />
      {payments.length > 0 && <Payments payments={payments} />}
      {state === 'open' ? (
        <>
          {suggestions.length > 0 && (
            <section className="stack" aria-labelledby="suggestions">
              <h2 id="suggestions">What it most likely is</h2>
              {suggestions.map((each, index) => (
                <SuggestionForm
                  key={each.key}
                  lineId={id}
                  suggestion={each}
                  isFirst={index === 0 && !step?.part && !loaderData.isWhole}
                />
              ))}
            </section>
          )}
          <Chosen {...loaderData} answer={actionData} />
          <section className="stack" aria-labelledby="ignore">
            <h2 id="ignore">Or it needs nothing</h2>
            <ActionForm className="stack-s" noValidate>
              <TextInput
                id="note"
                name="note"
                label="Why"
                hint="Such as: fee of the bank."
                maxLength={500}
                autoComplete="off"
                defaultValue={actionData?.typed.note ?? ''}
                error={actionData?.errors.note}
              />
              <Button variant="secondary" name="act" value="ignore">
                Ignore the movement
              </Button>
            </ActionForm>
          </section>
        </>
      ) : (
        <ActionForm className="stack-s">
          <p className="muted">
            {payments.length > 0
              ? 'Opening it again takes back the payments that it had become, and opens their invoices.'
              : 'Opening it again puts it back among the movements that wait for somebody.'}
          </p>
          <Button variant="danger" name="act" value="reopen" pendingLabel="Undoing…">
            Undo, and open it again
          </Button>
        </ActionForm>
      )}
    </div>
  )
}

function Payments({ payments }: Pick<Route.ComponentProps['loaderData'], 'payments'>): ReactNode {
  return (
    <section className="stack-s" aria-labelledby="payments">
      <h2 id="payments">What it became</h2>
      <ul className="stack-s">
        {payments.map((each) => (
          <li key={each.id}>
            <Link to={`/staff/payments/${each.id}`}>Payment {each.number}</Link> of {each.customer},{' '}
            {each.amount}
            {each.isTakenBack && ', taken back'}
          </li>
        ))}
      </ul>
    </section>
  )
}

type ChosenProps = Route.ComponentProps['loaderData'] & { answer: Route.ComponentProps['actionData'] }

/** Whose it is by the choice of staff: the parts so far, then the next customer, or the button that books them all. */
function Chosen({ parts, suggestions, isWhole, rest, step, answer }: ChosenProps): ReactNode {
  if (parts.length === 0 && step === null) return null
  return (
    <section className="stack" aria-labelledby="chosen">
      <h2 id="chosen">{titleOf(parts.length, suggestions.length, step?.part?.customer.name)}</h2>
      {parts.length > 0 && (
        <KeyValues
          facts={[
            ...parts.map(({ key, customer, amount }) => ({ key, name: customer, value: amount })),
            { key: 'rest', name: 'Still to be said', value: rest },
          ]}
        />
      )}
      {isWhole && (
        <ActionForm>
          <Button name="act" value="book" pendingLabel="Booking…">
            Book these parts
          </Button>
        </ActionForm>
      )}
      {step?.part && (
        <PartForm
          part={step.part}
          typed={answer?.typed ?? {}}
          errors={answer?.errors ?? {}}
          remittance={answer?.remittance ?? NOTHING_TYPED}
        />
      )}
      {step?.choice && <CustomerChoice {...step.choice} kept={step.kept} />}
    </section>
  )
}

function titleOf(parts: number, suggestions: number, chosen: string | undefined): string {
  if (parts > 0) return 'The movement, split'
  if (chosen !== undefined) return `From ${chosen}`
  return suggestions > 0 ? 'Or choose the customer yourself' : 'Whose money is it?'
}
