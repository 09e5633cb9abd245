import type { DisputeReading, Written } from '#app/gateways/stripe/port.ts'
import { noteAnswer } from '#app/payments/chargebacks/chargeback-posting.server.ts'
import {
  type ProviderWrite,
  type StoredAttempt,
  storedRequest,
  type WriteAnswer,
} from '#app/payments/writes/provider-write.server.ts'

/** Hands in evidence. Where the dispute stands then is for syncPayment to say, from a fresh reading. */
export const submitEvidence: ProviderWrite = {
  send: async (processor, attempt) => {
    const request = storedRequest.parse(attempt.request)
    return answered(attempt, await processor.submitEvidence(request, attempt.idempotencyKey))
  },
  find: async (processor, attempt) => {
    const value = await processor.readDisputeOf(storedRequest.parse(attempt.request))
    return value?.isAnswered ? answered(attempt, { value, requestId: null }) : null
  },
  // Nothing was handed in: the page offers it again while there is time.
  refused: async () => {},
}

/** Gives a dispute up. */
export const acceptChargeback: ProviderWrite = {
  send: async (processor, attempt) => {
    const request = storedRequest.parse(attempt.request)
    return answered(attempt, await processor.acceptDispute(request, attempt.idempotencyKey))
  },
  find: async (processor, attempt) => {
    const value = await processor.readDisputeOf(storedRequest.parse(attempt.request))
    return value?.state === 'lost' ? answered(attempt, { value, requestId: null }) : null
  },
  refused: async () => {},
}

function answered(attempt: StoredAttempt, { value, requestId }: Written<DisputeReading>): WriteAnswer {
  return {
    responseId: value.disputeId,
    requestId,
    keep: (tx, now) => noteAnswer(tx, value.disputeId, attempt.operation, now),
  }
}
