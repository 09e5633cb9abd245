import type { AgingView } from '#app/components/statements/aging.tsx'
import { parseCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import type { AgingReport } from '#app/statements/statement-view.ts'

/** Aging of one currency, ready for its chart and table. */
export function agingView(report: AgingReport, locale: string): AgingView {
  const late = report.buckets.filter(({ key }) => key !== 'not-due')
  const lateMinor = late.reduce((sum, { open }) => sum + BigInt(open.minor), 0n)
  const lateText = formatMoney(money(lateMinor, parseCurrency(report.currency)), locale)
  return {
    currency: report.currency,
    asOf: report.asOf.text,
    summary: `On ${report.asOf.text}, ${report.total.open.spoken} was open, of which ${lateText} was late.`,
    buckets: report.buckets.map(({ key, name, count, open, disputed, onPlan }) => ({
      key,
      name,
      late: key !== 'not-due',
      count,
      amount: open.text,
      spoken: open.spoken,
      minor: open.minor,
      disputed: disputed.text,
      onPlan: onPlan.text,
    })),
    total: {
      count: report.total.count,
      amount: report.total.open.text,
      disputed: report.total.disputed.text,
      onPlan: report.total.onPlan.text,
    },
  }
}
