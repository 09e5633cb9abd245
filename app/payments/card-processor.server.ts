import { type Result, refuse } from '#app/books/refusals.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { cardProcessor } from '#app/gateways/stripe/processor.server.ts'

/** The card processor of this deployment. Refusal: CARD_NOT_OFFERED when none is configured. */
export function requireCardProcessor(): Result<{ processor: CardProcessor }> {
  return cardProcessor === null ? refuse('CARD_NOT_OFFERED') : { ok: true, processor: cardProcessor }
}
