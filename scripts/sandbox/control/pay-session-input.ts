import { z } from 'zod'
import {
  answerChallenge,
  type PayResult,
  submitCard,
  successUrl,
} from '#scripts/sandbox/checkout/pay-session.ts'
import { type HttpReply, jsonReply } from '#scripts/sandbox/http/messages.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

const PAY_INPUT = z.strictObject({
  card: z.string().default('4242424242424242'),
  expiry: z.string().optional(),
  cvc: z.string().optional(),
  email: z.string().default('payer@example.com'),
  name: z.string().default('Test Payer'),
  postal_code: z.string().default('10001'),
  /** Answer to the bank's check, when the card asks for one; left out, the payment stays waiting. */
  challenge: z.enum(['pass', 'fail']).optional(),
})

/** The hosted page's submit without a page, for load tests: the very same code, with a valid form by default. */
export function paySession(sandbox: Sandbox, id: string, input: unknown): HttpReply {
  if (!sandbox.store.find('checkout.session', id)) return jsonReply(404, { error: `No session ${id}` })
  const { card, challenge, postal_code, ...typed } = PAY_INPUT.parse(input)
  const year = new Date(sandbox.clock.now() * 1000).getUTCFullYear() + 4
  const result = submitCard(sandbox, id, {
    number: card,
    expiry: typed.expiry ?? `12/${year}`,
    cvc: typed.cvc ?? (card.startsWith('37') ? '1234' : '123'),
    email: typed.email,
    name: typed.name,
    postalCode: postal_code,
  })
  const final =
    result.outcome === 'challenge' && challenge ? answerChallenge(sandbox, id, challenge === 'pass') : result
  return jsonReply(200, summary(final))
}

function summary(result: PayResult): object {
  const { id, status, payment_status, payment_intent } = result.session
  return {
    outcome: result.outcome,
    session: { id, status, payment_status, payment_intent },
    redirect: result.outcome === 'paid' ? successUrl(result.session) : null,
    error:
      result.outcome === 'declined'
        ? { code: result.error.code, decline_code: result.error.decline_code ?? null }
        : null,
    errors: result.outcome === 'invalid' ? result.errors : [],
  }
}
