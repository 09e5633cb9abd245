import type Stripe from 'stripe'
import { isInquiry, isOpenDispute, loseDispute } from '#scripts/sandbox/aftermath/close-dispute.ts'
import { invalidRequest, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { readMetadata } from '#scripts/sandbox/api/metadata.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { present } from '#scripts/sandbox/api/present.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule, type Task } from '#scripts/sandbox/timers.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Dispute = Stripe.Dispute

/** The bank decides this long after evidence was submitted. */
const DECISION_SECONDS = 2
/** Texts that decide a test dispute; any other evidence stays under review. */
const DECISIONS: Record<string, Task> = {
  winning_evidence: 'dispute.win',
  losing_evidence: 'dispute.lose',
  escalate_inquiry_evidence: 'dispute.escalate',
}

/** Endpoints of disputes: retrieve, list, give evidence, accept. */
export const DISPUTE_OPERATIONS: readonly Operation[] = [
  operation('GET', '/v1/disputes/{id}', (sandbox, _params, id) => present(sandbox, getDispute(sandbox, id))),
  operation<ListParams & { charge?: string; payment_intent?: string }>(
    'GET',
    '/v1/disputes',
    (sandbox, params) => {
      const { charge, payment_intent } = params
      return listObjects(sandbox, 'dispute', '/v1/disputes', params, { charge, payment_intent })
    },
  ),
  operation<Stripe.DisputeUpdateParams>('POST', '/v1/disputes/{id}', (sandbox, params, id) =>
    present(sandbox, giveEvidence(sandbox, params, getDispute(sandbox, id))),
  ),
  operation('POST', '/v1/disputes/{id}/close', (sandbox, _params, id) => {
    const dispute = getDispute(sandbox, id)
    refuseClosed(dispute)
    return present(sandbox, loseDispute(sandbox, dispute.id))
  }),
]

function getDispute(sandbox: Sandbox, id: string): Dispute {
  const dispute = sandbox.store.find('dispute', id)
  if (!dispute) throw noSuch('dispute', id)
  return dispute
}

/** Evidence can be changed until it is submitted; then the bank decides. */
function giveEvidence(sandbox: Sandbox, params: Stripe.DisputeUpdateParams, dispute: Dispute): Dispute {
  refuseClosed(dispute)
  const isAnswered = dispute.status === 'under_review' || dispute.status === 'warning_under_review'
  if (isAnswered && params.evidence)
    throw invalidRequest('Evidence was submitted already; it cannot be changed.', 'evidence')
  const given = Object.entries(params.evidence ?? {}).filter(([, value]) => typeof value === 'string')
  const evidence = { ...dispute.evidence, ...Object.fromEntries(given) }
  const hasEvidence = Object.values(evidence).some((value) => typeof value === 'string' && value !== '')
  const isSubmitted = params.submit !== false && given.length > 0
  const { metadata } = params
  const changed: Dispute = {
    ...dispute,
    evidence,
    evidence_details: {
      ...dispute.evidence_details,
      has_evidence: hasEvidence,
      submission_count: dispute.evidence_details.submission_count + (isSubmitted ? 1 : 0),
      submission_method: isSubmitted ? 'manual' : dispute.evidence_details.submission_method,
    },
    metadata: metadata ? { ...dispute.metadata, ...readMetadata(metadata) } : dispute.metadata,
    status: isSubmitted ? (isInquiry(dispute) ? 'warning_under_review' : 'under_review') : dispute.status,
  }
  sandbox.store.update(changed)
  emit(sandbox, 'charge.dispute.updated', changed, { status: dispute.status })
  const decision = DECISIONS[evidence.uncategorized_text ?? '']
  if (isSubmitted && decision) schedule(sandbox, sandbox.clock.now() + DECISION_SECONDS, decision, dispute.id)
  return changed
}

function refuseClosed(dispute: Dispute): void {
  if (isOpenDispute(dispute)) return
  throw invalidRequest(
    `This dispute is ${dispute.status}; it can no longer be answered.`,
    undefined,
    'status_transition_invalid',
  )
}
