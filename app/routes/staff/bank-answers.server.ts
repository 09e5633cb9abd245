/** What the page of a movement answers to its forms. */
import { data, redirect } from 'react-router'
import { encodeId, type PersonId } from '#app/books/ids.ts'
import { REFUSALS, type Refusal, type Result } from '#app/books/refusals.ts'
import { errorsByField, summaryOf, typedRemittance } from '#app/components/cash/remittance-view.ts'
import { readCustomerId } from '#app/parties/require.server.ts'
import type { BankLine } from '#app/payments/bank-statements/bank-line.ts'
import {
  decodePart,
  encodePart,
  type MatchPart,
  PART_FIELD,
  paymentOfPart,
} from '#app/payments/bank-statements/match-form.ts'
import {
  ignoreBankLine,
  type Match,
  matchBankLine,
  reopenBankLine,
} from '#app/payments/bank-statements/match-line.server.ts'
import {
  MANUAL_FIELDS,
  type ManualProblem,
  parseManualPayment,
} from '#app/payments/cash/parse-manual-payment.ts'

/** Parts carried in an address may make it so long; more are booked in steps. */
const LONGEST_ADDRESS = 6_000

/** Does what the form asks for, and answers the next page, or this one with what is wrong. */
export async function answerLine(
  line: BankLine,
  form: FormData,
  address: URLSearchParams,
  personId: PersonId,
) {
  const page = `/staff/bank/${encodeId('bln', line.id)}`
  const finish = (result: Result<object>) =>
    result.ok ? redirect(`${page}?done=${String(form.get('act'))}`, 303) : refused(form, result.refusal)
  switch (form.get('act')) {
    case 'reopen':
      return finish(await reopenBankLine(line.id, personId))
    case 'ignore': {
      const note = String(form.get('note') ?? '')
        .trim()
        .slice(0, 500)
      if (note === '')
        return wrong(
          form,
          [{ field: null, sentence: 'Say in a few words why this movement needs nothing.' }],
          'note',
        )
      return finish(await ignoreBankLine(line.id, note, personId))
    }
    case 'match': {
      const match = readMatch(line, form)
      return match === null ? wrong(form, [BROKEN]) : finish(await matchBankLine(line.id, match, personId))
    }
    case 'add':
    case 'book': {
      const part = readPart(line, form, address)
      if (!part.ok) return wrong(form, part.problems)
      const parts = [...partsOf(address, line), ...part.parts]
      if (form.get('act') === 'add') return nextPart(form, page, parts)
      return finish(
        await matchBankLine(
          line.id,
          { kind: 'payment', payments: parts.map((each) => paymentOfPart(each, line)) },
          personId,
        ),
      )
    }
    default:
      return redirect(page, 303)
  }
}

const BROKEN: ManualProblem = {
  field: null,
  sentence: 'This form did not arrive whole. Load the page again.',
}

/** The parts that an address carries. */
export function partsOf(address: URLSearchParams, line: BankLine): MatchPart[] {
  return address.getAll(PART_FIELD).flatMap((text) => decodePart(text, line.amount.currency) ?? [])
}

function readMatch(line: BankLine, form: FormData): Match | null {
  const kind = form.get('kind')
  const payoutId = String(form.get('payout') ?? '')
  if (kind === 'payout' || kind === 'payout_failure') return payoutId === '' ? null : { kind, payoutId }
  const part = decodePart(String(form.get(PART_FIELD) ?? ''), line.amount.currency)
  return part === null ? null : { kind: 'payment', payments: [paymentOfPart(part, line)] }
}

type ReadPart = { ok: true; parts: MatchPart[] } | { ok: false; problems: readonly ManualProblem[] }

/** The part that the form adds; none when all of them stand in the address already. */
function readPart(line: BankLine, form: FormData, address: URLSearchParams): ReadPart {
  const customerId = readCustomerId(address.get('customer') ?? '')
  if (customerId === null) return { ok: true, parts: [] }
  form.set(MANUAL_FIELDS.settledOn, line.bookedOn)
  const parsed = parseManualPayment(form, line.amount.currency)
  return parsed.ok ? { ok: true, parts: [{ ...parsed.payment, customerId }] } : parsed
}

function nextPart(form: FormData, page: string, parts: readonly MatchPart[]) {
  const next = `${page}?${new URLSearchParams(parts.map((part) => [PART_FIELD, encodePart(part)]))}`
  if (next.length <= LONGEST_ADDRESS) return redirect(next, 303)
  return wrong(form, [
    {
      field: null,
      sentence: 'These are too many invoices for one split. Leave some to be applied from the credit later.',
    },
  ])
}

function refused(form: FormData, { code }: Refusal) {
  const { sentence, status } = REFUSALS[code]
  return wrong(form, [{ field: null, sentence }], null, status)
}

/** The page again, with what was typed and what is wrong; `field` names a field outside of the remittance. */
function wrong(
  form: FormData,
  problems: readonly ManualProblem[],
  field: string | null = null,
  status = 400,
) {
  const summary = summaryOf(problems).map((each) => (field === null ? each : { ...each, fieldId: field }))
  return data(
    {
      problems: summary,
      errors: { ...errorsByField(problems), ...(field !== null && { [field]: problems[0]?.sentence ?? '' }) },
      remittance: typedRemittance(form, problems),
      typed: Object.fromEntries(
        [MANUAL_FIELDS.paymentId, MANUAL_FIELDS.method, MANUAL_FIELDS.amount, 'note'].flatMap((name) => {
          const value = form.get(name)
          return value === null ? [] : [[name, String(value)]]
        }),
      ) as Readonly<Record<string, string>>,
    },
    { status },
  )
}
