import type { Answer } from '#scripts/sandbox/api/operation.ts'
import type { VerifiedIntent } from '#scripts/sandbox/banking/microdeposits.ts'
import { verifyDeposits } from '#scripts/sandbox/banking/verify-microdeposits.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

export type VerifyParams = { amounts?: number[]; descriptor_code?: string }

/** Answers a request to verify small deposits; a wrong answer is refused, and kept. */
export function verifyFromRequest(
  sandbox: Sandbox,
  intent: VerifiedIntent,
  { amounts, descriptor_code }: VerifyParams,
): VerifiedIntent | Answer {
  const result = verifyDeposits(sandbox, intent, { amounts, code: descriptor_code })
  return result.ok ? result.intent : { status: result.refusal.status, body: { error: result.refusal.body } }
}
