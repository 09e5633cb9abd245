import {
  type SubmitEvent as FormSubmitEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from 'react'
import { CART_FIELDS, PAY_INTENT, SPREAD_INTENT } from '#app/payments/cart/cart.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { type CartFigures, cartFigures } from './cart-figures.ts'
import { CartTableRow } from './cart-row.tsx'
import { CartTotals, moneyWords } from './cart-totals.tsx'
import type { CartView } from './cart-view.ts'
import { METHOD_FIELDS, type ShownFee } from './method-choice.tsx'

/** Name of the hidden field with the sum that the buyer saw on the button, in minor units. */
export const SHOWN_TOTAL_FIELD = 'shown-total'

/** Value of the intent field that only adds up again. */
export const RECOUNT_INTENT = 'recount'

/**
 * Review before paying: invoices with an amount each, and one button that names the sum. The sum the buyer saw goes
 * along; when it differs from the amounts, the server shows the new sum instead of paying it.
 */
export function CartForm({
  cart,
  action,
  methods,
  fee = null,
}: {
  cart: CartView
  action: string
  /** The choice among saved ways to pay; everything else is chosen on the card service's page. */
  methods?: ReactNode
  /** The fee of the chosen method, once its payer has to see it. */
  fee?: ShownFee | null
}): ReactNode {
  const { figures, method, form } = useLiveFigures(cart, fee?.methodId ?? '')
  const { currency } = cart
  // The fee is of one card and one sum: for another of either it is reckoned anew.
  const isDue = fee !== null && fee.methodId === method && fee.onTotalMinor === figures.totalMinor
  const charged = BigInt(figures.totalMinor) + (isDue ? BigInt(fee.minor) : 0n)
  const total = moneyWords(currency)(charged.toString())
  const isCovered = figures.totalMinor === '0' && figures.creditMinor !== '0'
  return (
    <ActionForm action={action} formRef={form} noValidate onSubmit={keepRecountHere}>
      <EnterKeyButton />
      <input type="hidden" name={CART_FIELDS.paymentId} value={cart.paymentId} />
      <input type="hidden" name={CART_FIELDS.currency} value={currency} />
      <input type="hidden" name={SHOWN_TOTAL_FIELD} value={figures.totalMinor} />
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
          <CartTableRow
            key={row.invoiceId}
            row={row}
            cart={cart}
            isShort={figures.short.includes(row.field)}
          />
        ))}
      </DataTable>
      {(cart.rows.length > 1 || cart.lumpSum !== '') && <LumpSum cart={cart} />}
      {cart.onAccount !== null && <OnAccount cart={cart} />}
      <CartTotals figures={figures} currency={currency} />
      {methods}
      <div className="row row--apart">
        <p className="muted small">
          {isCovered ? 'Your credit covers this. Nothing is charged.' : chargeWords(Boolean(methods))}
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
          <Button
            large
            name={CART_FIELDS.intent}
            value={PAY_INTENT}
            pendingLabel={isCovered ? 'Applying your credit…' : 'One moment…'}
          >
            {isCovered ? 'Pay with your credit' : `Pay ${total}`}
          </Button>
        </span>
      </div>
    </ActionForm>
  )
}

/** When money is taken: a saved way to pay needs no further page. */
function chargeWords(hasSaved: boolean): string {
  return hasSaved
    ? 'A saved way to pay is charged at once. Otherwise nothing is charged before you confirm on the card service’s own page.'
    : 'You choose card or bank account on the card service’s own page. Nothing is charged before you confirm there.'
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

/** What is more than everything here: for the account, unless the buyer takes it out again. */
function OnAccount({ cart }: { cart: CartView }): ReactNode {
  return (
    <div className="lump-sum">
      <TextInput
        label={`Kept as credit on your account, ${cart.currency}`}
        hint="More than is due here. It is yours to use on later invoices; empty the box to leave it out."
        name={CART_FIELDS.onAccount}
        id={CART_FIELDS.onAccount}
        inputMode="decimal"
        autoComplete="off"
        defaultValue={cart.onAccount ?? ''}
        data-on-account=""
        {...(cart.onAccountError && { error: cart.onAccountError })}
      />
    </div>
  )
}

const CHOSEN = `input[name=${METHOD_FIELDS.method}]:checked`

/** Keeps the figures equal to the ticked boxes while the buyer types. */
function useLiveFigures(
  cart: CartView,
  firstMethod: string,
): {
  figures: CartFigures
  /** The saved method that is chosen; empty for the card service's page. */
  method: string
  form: RefObject<HTMLFormElement | null>
} {
  const form = useRef<HTMLFormElement>(null)
  const [figures, setFigures] = useState(() => cartFigures(cart, cart.rows, cart.onAccount ?? ''))
  const [method, setMethod] = useState(firstMethod)
  useEffect(() => {
    const element = form.current
    if (!element) return
    const recount = (): void => {
      setFigures(figuresOfForm(element, cart))
      setMethod(element.querySelector<HTMLInputElement>(CHOSEN)?.value ?? '')
    }
    recount()
    element.addEventListener('input', recount)
    return () => element.removeEventListener('input', recount)
  }, [cart])
  return { figures, method, form }
}

function figuresOfForm(form: HTMLFormElement, cart: CartView): CartFigures {
  const rows = [...form.querySelectorAll('tbody tr')].map((row) => ({
    ticked: row.querySelector<HTMLInputElement>('[data-pick]')?.checked ?? false,
    typed: row.querySelector<HTMLInputElement>('[data-amount]')?.value ?? '',
  }))
  const onAccount = form.querySelector<HTMLInputElement>('[data-on-account]')?.value ?? ''
  return cartFigures(cart, rows, onAccount)
}
