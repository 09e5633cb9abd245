/** One piece of payment work in a process of its own, which crash-at.ts may end at any step: node crash-child.ts JSON. */
import '#test/support/crash-at.ts'
import { z } from 'zod'
import { asId } from '#app/books/ids.ts'
import { createStripeProcessor } from '#app/gateways/stripe/client.server.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { chargeMethod } from '#app/payments/charge-method.server.ts'
import { payInvoices } from '#app/payments/pay-invoices.server.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { processWebhook } from '#app/payments/webhooks/process-webhook.server.ts'
import { receiveWebhook } from '#app/payments/webhooks/receive-webhook.server.ts'
import { db } from '#app/platform/db.server.ts'

const form = z.object({
  customerId: z.uuid(),
  personId: z.uuid(),
  paymentId: z.uuid(),
  items: z.array(z.object({ invoiceId: z.uuid(), amountMinor: z.string() })),
})
const work = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('checkout'), port: z.int(), form }),
  z.object({ kind: z.literal('charge'), port: z.int(), form, methodId: z.uuid() }),
  z.object({ kind: z.literal('webhook'), port: z.int(), body: z.string(), signature: z.string() }),
  z.object({ kind: z.literal('sync'), port: z.int(), paymentId: z.uuid() }),
])
export type CrashWork = z.input<typeof work>

const task = work.parse(JSON.parse(process.argv[2] ?? ''))
const processor = createStripeProcessor({
  secretKey: 'sk_test_sandbox',
  webhookSecrets: ['whsec_tests'],
  api: { host: '127.0.0.1', port: task.port, protocol: 'http' },
})

function cartOfForm({ paymentId, items }: z.output<typeof form>) {
  const currency = parseCurrency('USD')
  return {
    paymentId: asId<'pay'>(paymentId),
    currency,
    items: items.map((item) => ({
      invoiceId: asId<'inv'>(item.invoiceId),
      amount: money(BigInt(item.amountMinor), currency),
    })),
  }
}

async function run(): Promise<void> {
  switch (task.kind) {
    case 'checkout':
    case 'charge': {
      const who = {
        processor,
        customerId: asId<'cst'>(task.form.customerId),
        personId: asId<'per'>(task.form.personId),
        cart: cartOfForm(task.form),
      }
      if (task.kind === 'checkout') await payInvoices({ ...who, origin: 'http://localhost:3000' })
      else
        await chargeMethod({
          ...{ ...who, methodId: asId<'met'>(task.methodId), channel: 'portal', acceptance: null },
        })
      return
    }
    case 'webhook': {
      await receiveWebhook(processor, task.body, task.signature)
      await processWebhook(processor, JSON.parse(task.body).id)
      return
    }
    case 'sync':
      await syncPayment(processor, asId<'pay'>(task.paymentId), 'sweep')
  }
}

await run()
await db.$disconnect()
