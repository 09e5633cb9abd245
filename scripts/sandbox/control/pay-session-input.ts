import type Stripe from 'stripe'
import { z } from 'zod'
import { TEST_ROUTING_NUMBER } from '#scripts/sandbox/banking/test-accounts.ts'
import { chooseBank } from '#scripts/sandbox/checkout/choose-bank.ts'
import { chooseCard, chooseLink, chooseWallet } from '#scripts/sandbox/checkout/choose-card.ts'
import { chooseSaved } from '#scripts/sandbox/checkout/choose-saved.ts'
import {
  answerChallenge,
  type PayResult,
  payWith,
  successUrl,
} from '#scripts/sandbox/checkout/pay-session.ts'
import { intentOfSession } from '#scripts/sandbox/checkout/session-intent.ts'
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
  /** Number of a test bank account, chosen at the bank (`instant`) or typed (`manual`). */
  bank_account: z.string().optional(),
  entry: z.enum(['instant', 'manual']).default('instant'),
  holder_type: z.enum(['company', 'individual']).default('company'),
  /** The customer ticks that the method be kept. */
  save: z.boolean().default(false),
  /** A method that the customer saved before. */
  payment_method: z.string().optional(),
  wallet: z.enum(['apple_pay', 'google_pay']).optional(),
  link: z.literal(true).optional(),
})
type PayInput = z.infer<typeof PAY_INPUT>

/** The hosted page's submit without a page, for load tests: the very same code, with a valid form by default. */
export function paySession(sandbox: Sandbox, id: string, raw: unknown): HttpReply {
  if (!sandbox.store.find('checkout.session', id)) return jsonReply(404, { error: `No session ${id}` })
  const input = PAY_INPUT.parse(raw)
  const result = submit(sandbox, id, input)
  const isAsked = result.outcome === 'challenge' && input.challenge !== undefined
  const final = isAsked ? answerChallenge(sandbox, id, input.challenge === 'pass') : result
  return jsonReply(200, summary(sandbox, final))
}

function submit(sandbox: Sandbox, id: string, input: PayInput): PayResult {
  const { card, email, name } = input
  if (input.payment_method !== undefined)
    return payWith(sandbox, id, null, chooseSaved(input.payment_method, 'control'))
  if (input.bank_account !== undefined) {
    const form = {
      entry: input.entry,
      routing: TEST_ROUTING_NUMBER,
      account: input.bank_account,
      email,
      name,
      holderType: input.holder_type,
      saves: input.save,
      userAgent: 'control',
    }
    return payWith(sandbox, id, 'us_bank_account', chooseBank(form))
  }
  if (input.wallet !== undefined) return payWith(sandbox, id, 'card', chooseWallet(input.wallet, card))
  if (input.link) return payWith(sandbox, id, 'link', chooseLink(email, card))
  const year = new Date(sandbox.clock.now() * 1000).getUTCFullYear() + 4
  const form = {
    number: card,
    expiry: input.expiry ?? `12/${year}`,
    cvc: input.cvc ?? (card.startsWith('37') ? '1234' : '123'),
    email,
    name,
    postalCode: input.postal_code,
  }
  return payWith(sandbox, id, 'card', chooseCard(form, input.save))
}

function summary(sandbox: Sandbox, result: PayResult): object {
  const { id, status, payment_status, payment_intent, setup_intent } = result.session
  const isDone = status === 'complete'
  return {
    outcome: result.outcome,
    session: { id, status, payment_status, payment_intent, setup_intent },
    redirect: isDone ? successUrl(result.session) : null,
    payment_method: methodOf(intentOfSession(sandbox, result.session)),
    error:
      result.outcome === 'declined'
        ? { code: result.error.code, decline_code: result.error.decline_code ?? null }
        : null,
    errors: result.outcome === 'invalid' ? result.errors : [],
  }
}

function methodOf(intent: Stripe.PaymentIntent | Stripe.SetupIntent | null): string | null {
  return typeof intent?.payment_method === 'string' ? intent.payment_method : null
}
