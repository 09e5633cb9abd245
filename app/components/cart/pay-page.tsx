import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { REFUSALS } from '#app/books/refusals.ts'
import { CART_FIELDS, MAX_CART_ITEMS } from '#app/payments/cart/cart.ts'
import { ErrorSummary } from '#app/ui/error-summary.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { CartForm } from './cart-form.tsx'
import { answeredCart, type CartAnswer, type CartView } from './cart-view.ts'
import type { ShownFee } from './method-choice.tsx'

/** The carts of a pay page with all that is to be said about them. `empty` stands there when there is nothing to pay. */
export function PayCarts({
  carts,
  answer,
  leftOut,
  notPayable,
  isOffered,
  action,
  methods,
  fee = null,
  empty,
}: {
  carts: readonly CartView[]
  answer: CartAnswer | undefined
  /** Invoices beyond what one payment takes, and those that nothing can be paid on. */
  leftOut: number
  notPayable: number
  isOffered: boolean
  /** Where the form is sent. */
  action: string
  methods?: ReactNode
  /** The fee of the chosen method, once its payer has to see it. */
  fee?: ShownFee | null
  empty: ReactNode
}): ReactNode {
  return (
    <>
      <div className="stack">
        {answer && <CartProblems answer={answer} />}
        {leftOut > 0 && (
          <Notice tone="amber">
            <p>
              One payment takes up to {MAX_CART_ITEMS} invoices. These are the oldest; {leftOut} more can
              follow in a second payment.
            </p>
          </Notice>
        )}
        {notPayable > 0 && (
          <Notice>
            <p>
              {notPayable === 1 ? '1 invoice is' : `${notPayable} invoices are`} left out: settled, in dispute
              or in another payment.
            </p>
          </Notice>
        )}
        {carts.length > 1 && (
          <Notice>
            <p>
              You chose invoices in {carts.length} currencies. One payment has one currency, so pay each
              below.
            </p>
          </Notice>
        )}
        {!isOffered && <Notice tone="brick" title={REFUSALS.CARD_NOT_OFFERED.sentence} />}
        {carts.length === 0 && empty}
      </div>
      {carts
        .map((cart) => answeredCart(cart, answer))
        .map((cart) => (
          <section key={cart.currency} className={carts.length > 1 ? 'section' : 'cart'}>
            {carts.length > 1 && <h2>In {cart.currency}</h2>}
            <CartForm
              key={typedIn(cart)}
              cart={cart}
              action={action}
              methods={methods}
              fee={answer?.currency === cart.currency ? fee : null}
            />
          </section>
        ))}
    </>
  )
}

/** Boxes keep what the browser has in them; where the server changed that, the form is made anew. */
function typedIn(cart: CartView): string {
  const rows = cart.rows.map(({ ticked, typed, reason }) => `${ticked}${typed}${reason}`)
  return [cart.paymentId, cart.onAccount ?? '', ...rows].join(' ')
}

/** Whether a sent form came back with something wrong. */
export function hasProblems(answer: CartAnswer | undefined): boolean {
  return answer !== undefined && (answer.problems.length > 0 || answer.lumpSumError !== null)
}

function CartProblems({ answer }: { answer: CartAnswer }): ReactNode {
  const { problems, notice, lumpSumError } = answer
  const inTheWay = problems.find(({ paymentHref }) => paymentHref !== null)?.paymentHref
  return (
    <>
      <ErrorSummary
        problems={[
          ...problems.map(({ field, message }) => ({ message, ...(field && { fieldId: field }) })),
          ...(lumpSumError ? [{ message: lumpSumError, fieldId: CART_FIELDS.lumpSum }] : []),
        ]}
      />
      {inTheWay && (
        <p>
          <Link to={inTheWay}>Open that payment</Link>
        </p>
      )}
      {notice && <Notice tone="amber" live="polite" title={notice} />}
    </>
  )
}
