import { failChallenge, passChallenge } from '#scripts/sandbox/checkout/confirm-intent.ts'
import { answerChallenge } from '#scripts/sandbox/checkout/pay-session.ts'
import { type HttpReply, jsonReply } from '#scripts/sandbox/http/messages.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { openDispute } from '#scripts/sandbox/resources/disputes.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** Moves a payment by hand: `succeed` and `fail` answer a pending bank check, `dispute` disputes a succeeded payment. */
export function moveIntent(sandbox: Sandbox, id: string, move: string, reason: unknown): HttpReply {
  const intent = sandbox.store.find('payment_intent', id)
  if (!intent) return jsonReply(404, { error: `No payment ${id}` })
  if (move === 'dispute') {
    const charge = intent.status === 'succeeded' ? idOf(intent.latest_charge) : null
    if (!charge)
      return jsonReply(409, {
        error: `Payment ${id} is ${intent.status}; only a succeeded one can be disputed`,
      })
    const plan = {
      reason: typeof reason === 'string' && reason !== '' ? reason : 'fraudulent',
      share: 'whole',
      isInquiry: false,
    } as const
    return jsonReply(
      200,
      sandbox.store.transaction(() => openDispute(sandbox, charge, plan)),
    )
  }
  if (intent.status !== 'requires_action') {
    return jsonReply(409, {
      error: `Payment ${id} is ${intent.status}; it does not wait for the bank's check`,
    })
  }
  const { sessionId } = sandbox.store.secretsOf('payment_intent', id)
  if (sessionId) answerChallenge(sandbox, sessionId, move === 'succeed')
  else
    sandbox.store.transaction(() =>
      move === 'succeed' ? passChallenge(sandbox, intent) : failChallenge(sandbox, intent),
    )
  return jsonReply(200, sandbox.store.get('payment_intent', id))
}
