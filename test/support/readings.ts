import type { IntentReading } from '#app/gateways/stripe/port.ts'

/** A payment at the processor of which nothing has come yet, with overrides. */
export function intentReading(overrides: Partial<IntentReading> = {}): IntentReading {
  return {
    intentId: 'pi_1',
    reference: 'pay_1',
    currency: 'USD',
    amountMinor: 100n,
    createdAt: new Date('2026-11-20T12:00:00Z'),
    status: 'awaiting_method',
    receivedMinor: 0n,
    failureCode: null,
    advice: null,
    microdeposits: null,
    charge: null,
    ...overrides,
  }
}
