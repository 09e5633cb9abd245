import { z } from 'zod'
import { failRefund, succeedRefund } from '#scripts/sandbox/aftermath/refunds.ts'
import { arrivePayout, failPayout, runPayouts } from '#scripts/sandbox/balance/payouts.ts'
import { moveReserve } from '#scripts/sandbox/balance/reserves.ts'
import { findVerifiedIntent } from '#scripts/sandbox/banking/microdeposits.ts'
import { verifyDeposits } from '#scripts/sandbox/banking/verify-microdeposits.ts'
import { type HttpReply, jsonReply } from '#scripts/sandbox/http/messages.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

const DEPOSIT_INPUT = z.strictObject({
  amounts: z.array(z.coerce.number().int()).optional(),
  code: z.string().optional(),
})

const RESERVE_INPUT = z.strictObject({
  amount: z.coerce.number().int().positive(),
  currency: z.string().default('usd'),
})

/** Holds money of the balance back, or gives it free again. */
export function keepReserve(sandbox: Sandbox, move: string, input: unknown): HttpReply {
  const money = RESERVE_INPUT.parse(input)
  const which = move === 'hold' ? 'hold' : 'release'
  return jsonReply(
    200,
    sandbox.store.transaction(() => moveReserve(sandbox, which, money)),
  )
}

/** Pays out now what is available, without waiting for the daily run. */
export function payOut(sandbox: Sandbox): HttpReply {
  return jsonReply(200, { payouts: sandbox.store.transaction(() => runPayouts(sandbox)) })
}

/** Lets a payout arrive, or lets the bank send it back. */
export function movePayout(sandbox: Sandbox, id: string, move: string): HttpReply {
  if (!sandbox.store.find('payout', id)) return jsonReply(404, { error: `No payout ${id}` })
  sandbox.store.transaction(() => {
    if (move === 'fail') failPayout(sandbox, id)
    else arrivePayout(sandbox, id)
  })
  return jsonReply(200, sandbox.store.get('payout', id))
}

/** Lets a refund arrive, or come back. */
export function moveRefund(sandbox: Sandbox, id: string, move: string): HttpReply {
  if (!sandbox.store.find('refund', id)) return jsonReply(404, { error: `No refund ${id}` })
  sandbox.store.transaction(() => (move === 'fail' ? failRefund(sandbox, id) : succeedRefund(sandbox, id)))
  return jsonReply(200, sandbox.store.get('refund', id))
}

/** Answers which small deposits came, for a payment or a setup. */
export function answerDeposits(sandbox: Sandbox, id: string, input: unknown): HttpReply {
  const answer = DEPOSIT_INPUT.parse(input)
  const intent = findVerifiedIntent(sandbox, id)
  if (!intent) return jsonReply(404, { error: `No payment or setup ${id}` })
  const result = sandbox.store.transaction(() => verifyDeposits(sandbox, intent, answer))
  return result.ok ? jsonReply(200, result.intent) : jsonReply(409, { error: result.refusal.message })
}
