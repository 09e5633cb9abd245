import { z } from 'zod'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import type { Tx } from '#app/platform/db.server.ts'
import type { Payment, PaymentAttempt } from '#app/platform/generated/client.ts'

/** What was stored goes to the processor as it is: only its gateway knows the fields. */
export const storedRequest = z.record(z.string(), z.json())

export type StoredAttempt = PaymentAttempt & { readonly payment: Payment }

/** An answer: the object that the write made or changed, and what is to be kept of it in the same transaction. */
export type WriteAnswer = {
  readonly responseId: string
  readonly requestId: string | null
  readonly keep: (tx: Tx, now: Date) => Promise<void>
}

/** One kind of write: how it is sent, how its outcome is found when its key is too old, and what a refusal means. */
export type ProviderWrite = {
  readonly send: (processor: CardProcessor, attempt: StoredAttempt) => Promise<WriteAnswer>
  /** What the write has made, looked for without repeating it; null when nothing is found. */
  readonly find: (processor: CardProcessor, attempt: StoredAttempt) => Promise<WriteAnswer | null>
  /** Called with the attempt declined: the processor has said that it did nothing and never will, or a person has. `code` says why. */
  readonly refused: (tx: Tx, attempt: StoredAttempt, code: string | null, now: Date) => Promise<void>
}
