import type { ReactNode } from 'react'
import { StackedBar } from '#app/ui/stacked-bar.tsx'
import { type MoneyState, MoneyStateTag, moneyStateTone } from './money-state.tsx'

/** A part of an invoice's total in one state; `minor` is a decimal string of minor units, all in one currency. */
export type MoneyPart = { state: MoneyState; minor: string; text: string; detail?: string }

/** How the total of an invoice is made up of money in different states: a thin bar and the same in words. */
export function MoneyBreakdown({ parts }: { parts: readonly MoneyPart[] }): ReactNode {
  const total = parts.reduce((sum, part) => sum + BigInt(part.minor), 0n)
  const present = parts.filter((part) => BigInt(part.minor) > 0n)
  if (total === 0n || present.length === 0) return null
  return (
    <StackedBar
      label="How the total is made up"
      parts={present.map((part) => ({
        key: part.state,
        // A share only draws a bar, so the rounding of a number is harmless here.
        share: Number((BigInt(part.minor) * 10_000n) / total) / 10_000,
        tone: moneyStateTone(part.state),
        text: (
          <>
            <MoneyStateTag state={part.state} {...(part.detail && { detail: part.detail })} />
            <span className="amount">{part.text}</span>
          </>
        ),
      }))}
    />
  )
}
