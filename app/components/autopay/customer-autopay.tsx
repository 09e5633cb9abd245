import type { ReactNode } from 'react'
import { DebitLog } from '#app/components/autopay/autopay-debits.tsx'
import { OrderState } from '#app/components/autopay/autopay-order.tsx'
import type { AutopayOrderView, AutopayRunView } from '#app/components/autopay/autopay-view.ts'
import { KeyValues } from '#app/ui/key-values.tsx'

/** A customer's autopay as staff see it: to read, not to change. Nothing where there never was any. */
export function CustomerAutopay({
  orders,
  debits,
}: {
  orders: readonly AutopayOrderView[]
  debits: readonly AutopayRunView[]
}): ReactNode {
  if (orders.length === 0 && debits.length === 0) return null
  return (
    <section className="section stack">
      <h2>Autopay</h2>
      {orders.map((order) => (
        <div key={order.id} className="stack-s">
          <OrderState order={order} />
          {order.pause && <p className="muted">{order.pause}</p>}
          <KeyValues facts={order.facts} />
        </div>
      ))}
      {debits.length > 0 && <DebitLog runs={debits} base="/staff" payments="/staff/payments" />}
    </section>
  )
}
