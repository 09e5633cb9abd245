import { type ReactNode, useEffect, useRef, useState } from 'react'
import { parseCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'

/** Chosen invoices that are not on this page: their count, and what can be paid on them per currency in minor units. */
export type PickedElsewhere = { count: number; sums: readonly (readonly [currency: string, minor: string])[] }

type Sum = { count: number; sums: ReadonlyMap<string, bigint> }

/**
 * How many invoices are ticked in the form around, and what they come to. Without JavaScript it shows what was
 * ticked when the page was made.
 */
export function PickSum({
  initialCount,
  initialSums,
  elsewhere,
}: {
  initialCount: number
  initialSums: PickedElsewhere['sums']
  elsewhere: PickedElsewhere
}): ReactNode {
  const marker = useRef<HTMLSpanElement>(null)
  const [sum, setSum] = useState<Sum>({
    count: initialCount + elsewhere.count,
    sums: addSums(initialSums, elsewhere.sums),
  })
  useEffect(() => {
    const form = marker.current?.closest('form')
    if (!form) return
    function recount(): void {
      const boxes = [...(form?.querySelectorAll<HTMLInputElement>('input[name="pick"]:checked') ?? [])]
      const ticked = boxes.map((box) => [box.dataset.currency ?? '', box.dataset.minor ?? '0'] as const)
      setSum({ count: boxes.length + elsewhere.count, sums: addSums(ticked, elsewhere.sums) })
    }
    recount()
    form.addEventListener('change', recount)
    return () => form.removeEventListener('change', recount)
  }, [elsewhere])
  return <span ref={marker}>{sum.count === 0 ? 'No invoice chosen' : <PickWords sum={sum} />}</span>
}

function PickWords({ sum }: { sum: Sum }): ReactNode {
  const texts = [...sum.sums].map(([currency, minor]) => formatMoney(money(minor, parseCurrency(currency))))
  return (
    <>
      {sum.count === 1 ? '1 invoice' : `${sum.count} invoices`} · <strong>{texts.join(' + ')}</strong>
    </>
  )
}

function addSums(...lists: readonly PickedElsewhere['sums'][]): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const [currency, minor] of lists.flat()) sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(minor))
  return sums
}
