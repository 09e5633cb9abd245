import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { CART_FIELDS } from '#app/payments/cart/cart.ts'
import type { CartRow, CartView } from './cart-view.ts'

/** One invoice of the cart: what can be paid, what credit and discount take off, the amount, and why it is less where it is. */
export function CartTableRow({
  row,
  cart,
  isShort,
}: {
  row: CartRow
  cart: CartView
  /** Whether the box holds less than is due, so that a reason has its place. */
  isShort: boolean
}): ReactNode {
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
        <input type="hidden" name={row.seenField} value={row.seen} />
      </td>
      <th scope="row" className="lead">
        {row.href === null ? row.number : <Link to={row.href}>{row.number}</Link>}
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
        <Payable row={row} />
      </td>
      <td data-label="You pay" className="num">
        <span className="cart-amount">
          <AmountBox row={row} currency={cart.currency} />
          {isShort && <ReasonBox row={row} cart={cart} />}
        </span>
      </td>
    </tr>
  )
}

function Payable({ row: { payable, credits, offer } }: { row: CartRow }): ReactNode {
  return (
    <span>
      {offer === null ? payable : <s>{payable}</s>}
      {credits.map(({ key, name, amount }) => (
        <span key={key} className="row-note">
          {name} −{amount}
        </span>
      ))}
      {offer && (
        <span className="row-note">
          Save {offer.saving} {offer.condition} {offer.until}
        </span>
      )}
    </span>
  )
}

function AmountBox({ row, currency }: { row: CartRow; currency: string }): ReactNode {
  const errorId = row.error ? `${row.field}-error` : undefined
  return (
    <>
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
    </>
  )
}

function ReasonBox({ row, cart }: { row: CartRow; cart: CartView }): ReactNode {
  const errorId = row.reasonError ? `${row.reasonField}-error` : undefined
  return (
    <>
      <select
        className="input"
        id={row.reasonField}
        name={row.reasonField}
        defaultValue={row.reason}
        aria-label={`Why you pay less on invoice ${row.number}`}
        aria-invalid={row.reasonError ? true : undefined}
        aria-describedby={errorId}
      >
        <option value="">{cart.needsReason ? 'Why less?' : 'Why less? (optional)'}</option>
        {cart.reasons.map(([code, words]) => (
          <option key={code} value={code}>
            {words}
          </option>
        ))}
      </select>
      {row.reasonError && (
        <span className="field__error" id={errorId}>
          {row.reasonError}
        </span>
      )}
    </>
  )
}
