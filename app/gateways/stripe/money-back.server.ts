import { disputeAnswer, refundAnswer } from '#app/gateways/stripe/answers.ts'
import {
  asWritten,
  collect,
  read,
  readOrNull,
  type StripeCalls,
  write,
  writeOrFind,
} from '#app/gateways/stripe/calls.server.ts'
import {
  acceptanceRequest,
  disputeReading,
  evidenceRequest,
  refundReading,
  refundRequest,
  storedAcceptance,
  storedEvidence,
  storedRefund,
} from '#app/gateways/stripe/money-back-mapping.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'

type MoneyBackCalls = Pick<
  CardProcessor,
  | 'refundRequest'
  | 'createRefund'
  | 'findRefund'
  | 'listRefunds'
  | 'evidenceRequest'
  | 'submitEvidence'
  | 'acceptanceRequest'
  | 'acceptDispute'
  | 'readDisputeOf'
  | 'listDisputes'
>

/** What takes money back: refunds that we make, and disputes that payers' banks open. */
export function moneyBackCalls({ stripe, reading, writing }: StripeCalls): MoneyBackCalls {
  const moneyBack: MoneyBackCalls = {
    refundRequest,
    createRefund(request, idempotencyKey) {
      const create = async () => {
        const answer = await stripe.refunds.create(storedRefund.parse(request), writing(idempotencyKey))
        return { value: refundReading(refundAnswer.parse(answer)), requestId: answer.lastResponse.requestId }
      }
      return writeOrFind('refunds.create', create, () => asWritten(moneyBack.findRefund(request)))
    },
    findRefund(request) {
      const { payment_intent, metadata } = storedRefund.parse(request)
      return readOrNull('refunds.list', async () => {
        const found = await collect(
          stripe.refunds.list({ payment_intent, limit: 100 }, reading),
          refundAnswer,
        )
        return found.map(refundReading).find((each) => each.reference === metadata.refund_id) ?? null
      })
    },
    listRefunds(chargeId) {
      return read('refunds.list', async () => {
        const pages = stripe.refunds.list({ charge: chargeId, limit: 100 }, reading)
        return (await collect(pages, refundAnswer)).map(refundReading)
      })
    },
    evidenceRequest,
    submitEvidence(request, idempotencyKey) {
      return write('disputes.update', async () => {
        const { dispute, ...params } = storedEvidence.parse(request)
        const answer = await stripe.disputes.update(dispute, params, writing(idempotencyKey))
        return {
          value: disputeReading(disputeAnswer.parse(answer)),
          requestId: answer.lastResponse.requestId,
        }
      })
    },
    acceptanceRequest,
    acceptDispute(request, idempotencyKey) {
      return write('disputes.close', async () => {
        const { dispute } = storedAcceptance.parse(request)
        const answer = await stripe.disputes.close(dispute, {}, writing(idempotencyKey))
        return {
          value: disputeReading(disputeAnswer.parse(answer)),
          requestId: answer.lastResponse.requestId,
        }
      })
    },
    readDisputeOf(request) {
      const { dispute } = storedAcceptance.loose().parse(request)
      return readOrNull('disputes.retrieve', async () =>
        disputeReading(disputeAnswer.parse(await stripe.disputes.retrieve(dispute, {}, reading))),
      )
    },
    listDisputes(chargeId) {
      return read('disputes.list', async () => {
        const pages = stripe.disputes.list({ charge: chargeId, limit: 100 }, reading)
        return (await collect(pages, disputeAnswer)).map(disputeReading)
      })
    },
  }
  return moneyBack
}
