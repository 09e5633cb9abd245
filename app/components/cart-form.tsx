import {
  type SubmitEvent as FormSubmitEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from 'react'
import { Link } from 'react-router'
import { parseCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import { parseAmount } from '#app/money/parse.ts'
import { CART_FIELDS, PAY_INTENT, SPREAD_INTENT } from '#app/payments/cart.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Amount } from '#app/ui/amount.tsx'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { TextInput } from '#app/ui/field.tsx'

/** One invoice in the cart. `typed` is the amount as it stands in the box; `error` what is wrong with it. */
export type CartRow = {
  invoiceId: string
  /** Name and id of the amount's box. */
  field: string
  number: string
  href: string
  dueOn: string
  dueWords: string | null
  late: boolean
  payable: string
  typed: string
  ticked: boolean
  error: string | null
}

/** A cart of one currency. */
export type CartView = {
  /** Minted when the form is made: the same form sent twice is one payment. */
  paymentId: string
  currency: string
  rows: readonly CartRow[]
  /** The sum, in minor units, that the pay button names when the page is made. */
  shownTotalMinor: string
  lumpSum: string
  lumpSumError: string | null
}

/** Name of the hidden field with the sum that the buyer saw on the button, in minor units. */
export const SHOWN_TOTAL_FIELD = 'shown-total'

/** Value of the intent field that only adds up again. */
export const RECOUNT_INTENT = 'recount'

/**
 * Review before paying: invoices with an amount each, and one button that names the sum. The sum the buyer saw goes
 * along; when it differs from the amounts, the server shows the new sum instead of paying it.
 */
export function CartForm({ cart, action }: { cart: CartView; action: string }): ReactNode {
  const { total, form } = useLiveTotal(cart)
  const { currency } = cart
  return (
    <ActionForm action={action} formRef={form} noValidate onSubmit={keepRecountHere}>
      <EnterKeyButton />
      <input type="hidden" name={CART_FIELDS.paymentId} value={cart.paymentId} />
      <input type="hidden" name={CART_FIELDS.currency} value={currency} />
      <input type="hidden" name={SHOWN_TOTAL_FIELD} value={total.minor} />
      <DataTable
        caption={`Invoices to pay in ${currency}`}
        columns={[
          { key: 'pick', label: 'Pay this invoice', srOnly: true },
          { key: 'number', label: 'Invoice' },
          { key: 'due', label: 'Due' },
          { key: 'payable', label: `Can be paid, ${currency}`, amount: true },
          { key: 'amount', label: `You pay, ${currency}`, amount: true },
        ]}
      >
        {cart.rows.map((row) => (
          <CartTableRow key={row.invoiceId} row={row} currency={currency} />
        ))}
      </DataTable>
      <LumpSum cart={cart} />
      <div className="cart-total">
        <span>Total</span>
        <output aria-live="polite">
          <Amount text={total.text} size="large" />
        </output>
      </div>
      <div className="row row--apart">
        <p className="muted small">
          You enter your card on the card service’s own page. Nothing is charged before you confirm there.
        </p>
        <span className="row">
          <Button
            variant="secondary"
            className="script-off-only"
            name={CART_FIELDS.intent}
            value={RECOUNT_INTENT}
          >
            Add up again
          </Button>
          <Button large name={CART_FIELDS.intent} value={PAY_INTENT} pendingLabel="Opening the card page…">
            Pay {total.text}
          </Button>
        </span>
      </div>
    </ActionForm>
  )
}

/** With scripts the sum is always up to date: adding up again needs no request. */
function keepRecountHere(event: FormSubmitEvent<HTMLFormElement>): void {
  const { submitter } = event.nativeEvent
  if (submitter instanceof HTMLButtonElement && submitter.value === RECOUNT_INTENT) event.preventDefault()
}

/** The Enter key presses a form's first button: let that only add up, never pay or spread. */
function EnterKeyButton(): ReactNode {
  return (
    <button
      type="submit"
      className="sr-only"
      tabIndex={-1}
      aria-hidden="true"
      name={CART_FIELDS.intent}
      value={RECOUNT_INTENT}
    >
      Add up again
    </button>
  )
}

function CartTableRow({ row, currency }: { row: CartRow; currency: string }): ReactNode {
  const errorId = row.error ? `${row.field}-error` : undefined
  return (
    <tr>
      <td className="pick">
        <label>
          <span className="sr-only">Pay invoice {row.number}</span>
          <input
            type="checkbox"
            name={CART_FIELDS.invoice}
            value={row.invoiceId}
            defaultChecked={row.ticked}
            data-pick=""
          />
        </label>
      </td>
      <th scope="row" className="lead">
        <Link to={row.href}>{row.number}</Link>
      </th>
      <td data-label="Due" className="nowrap">
        <span>
          {row.dueOn}
          {row.dueWords && (
            <span className={row.late ? 'row-note row-note--late' : 'row-note'}>{row.dueWords}</span>
          )}
        </span>
      </td>
      <td data-label="Can be paid" className="num">
        {row.payable}
      </td>
      <td data-label="You pay" className="num">
        <span className="cart-amount">
          <input
            className="input input--amount"
            id={row.field}
            name={row.field}
            inputMode="decimal"
            autoComplete="off"
            defaultValue={row.typed}
            data-amount=""
            aria-label={`Amount for invoice ${row.number} in ${currency}`}
            aria-invalid={row.error ? true : undefined}
            aria-describedby={errorId}
          />
          {row.error && (
            <span className="field__error" id={errorId}>
              {row.error}
            </span>
          )}
        </span>
      </td>
    </tr>
  )
}

/** One sum for all of them, spread oldest due first; the amounts can be changed again before paying. */
function LumpSum({ cart }: { cart: CartView }): ReactNode {
  return (
    <Disclosure summary="Pay one sum for all of them" open={cart.lumpSumError !== null}>
      <div className="filters filters--more lump-sum">
        <TextInput
          label={`Sum, ${cart.currency}`}
          hint="It goes to the oldest due date first. You see how before you pay."
          name={CART_FIELDS.lumpSum}
          id={CART_FIELDS.lumpSum}
          inputMode="decimal"
          autoComplete="off"
          defaultValue={cart.lumpSum}
          {...(cart.lumpSumError && { error: cart.lumpSumError })}
        />
        <Button variant="secondary" name={CART_FIELDS.intent} value={SPREAD_INTENT}>
          Spread it
        </Button>
      </div>
    </Disclosure>
  )
}

/** Keeps the named sum equal to the ticked boxes while the buyer types. */
function useLiveTotal(cart: CartView): {
  total: { minor: string; text: string }
  form: RefObject<HTMLFormElement | null>
} {
  const form = useRef<HTMLFormElement>(null)
  const [minor, setMinor] = useState(cart.shownTotalMinor)
  const currency = parseCurrency(cart.currency)
  useEffect(() => {
    const element = form.current
    if (!element) return
    const recount = (): void => setMinor(String(sumOfForm(element, cart.currency)))
    recount()
    element.addEventListener('input', recount)
    return () => element.removeEventListener('input', recount)
  }, [cart])
  return { total: { minor, text: formatMoney(money(BigInt(minor), currency)) }, form }
}

function sumOfForm(form: HTMLFormElement, currency: string): bigint {
  let sum = 0n
  for (const row of form.querySelectorAll('tbody tr')) {
    if (!row.querySelector<HTMLInputElement>('[data-pick]')?.checked) continue
    const typed = row.querySelector<HTMLInputElement>('[data-amount]')?.value ?? ''
    const parsed = parseAmount(typed, parseCurrency(currency))
    if (parsed.ok && parsed.amount.minor > 0n) sum += parsed.amount.minor
  }
  return sum
}
