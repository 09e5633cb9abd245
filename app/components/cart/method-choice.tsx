import type { ReactNode } from 'react'
import { Notice } from '#app/ui/notice.tsx'

/** Names of the fields: the method that is to be charged, and the fee that its payer was shown, in minor units. */
export const METHOD_FIELDS = { method: 'method', feeSeen: 'fee-seen' } as const

/** A saved method to choose. */
export type MethodOption = {
  readonly id: string
  readonly name: string
  /** What it costs more, where it does: "with a fee of 2.9 %". */
  readonly note: string | null
}

/** The fee for the chosen card, once it is known; amounts in minor units. */
export type ShownFee = {
  readonly minor: string
  readonly methodId: string
  /** The sum of the cart on which it was reckoned. */
  readonly onTotalMinor: string
  readonly text: string
  readonly alternative: string | null
}

/** How the cart is paid: on the card service's page, or by a saved method without it. */
export function MethodChoice({
  options,
  chosen,
  fee,
}: {
  options: readonly MethodOption[]
  chosen: string
  fee: ShownFee | null
}): ReactNode {
  return (
    <fieldset className="choices">
      <legend className="field__label">Pay with</legend>
      <label className="check">
        <input type="radio" name={METHOD_FIELDS.method} value="" defaultChecked={chosen === ''} />
        <span>A card, wallet or bank account, on the card service’s own page</span>
      </label>
      {options.map(({ id, name, note }) => (
        <label className="check" key={id}>
          <input type="radio" name={METHOD_FIELDS.method} value={id} defaultChecked={chosen === id} />
          <span>
            {name}
            {note && <span className="muted">, {note}</span>}
          </span>
        </label>
      ))}
      {fee && (
        <>
          <input type="hidden" name={METHOD_FIELDS.feeSeen} value={fee.minor} />
          <Notice tone="amber" title={fee.text}>
            {fee.alternative && <p>{fee.alternative}</p>}
          </Notice>
        </>
      )}
    </fieldset>
  )
}
