import type { ReactNode } from 'react'
import { parseCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import { Amount } from '#app/ui/amount.tsx'
import type { CartFigures } from './cart-figures.ts'

/** The sum that is paid, with what credit and discount took off it. A changed sum is read out. */
export function CartTotals({ figures, currency }: { figures: CartFigures; currency: string }): ReactNode {
  const inWords = moneyWords(currency)
  const { totalMinor, savingMinor, creditMinor, onAccountMinor } = figures
  const isSaved = savingMinor !== '0'
  return (
    <div className="cart-totals">
      {creditMinor !== '0' && (
        <Line name="Your credit, taken off above" amount={`−${inWords(creditMinor)}`} />
      )}
      {isSaved && <Line name="Early-payment discount, taken off above" amount={`−${inWords(savingMinor)}`} />}
      {onAccountMinor !== '0' && (
        <Line name="Kept as credit on your account" amount={inWords(onAccountMinor)} />
      )}
      <div className="cart-total">
        <span>Total</span>
        <output aria-live="polite">
          {isSaved && (
            <>
              <span className="sr-only">Instead of </span>
              <s className="muted">{inWords((BigInt(totalMinor) + BigInt(savingMinor)).toString())}</s>{' '}
            </>
          )}
          <Amount text={inWords(totalMinor)} size="large" />
          {isSaved && <span className="line small muted">You save {inWords(savingMinor)}</span>}
        </output>
      </div>
    </div>
  )
}

function Line({ name, amount }: { name: string; amount: string }): ReactNode {
  return (
    <div className="cart-line">
      <span>{name}</span>
      <span className="amount">{amount}</span>
    </div>
  )
}

/** Minor units as people write them in the currency. */
export function moneyWords(currency: string): (minor: string) => string {
  const code = parseCurrency(currency)
  return (minor) => formatMoney(money(BigInt(minor), code))
}
