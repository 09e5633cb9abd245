import { z } from 'zod'
import { type ActiveFault, FAULT_KINDS } from '#scripts/sandbox/faults.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

const yesOrNo = z.union([z.boolean(), z.stringbool()])
const textOrNull = z
  .string()
  .nullish()
  .transform((text) => text || null)

const FAULT_INPUT = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  count: z.coerce.number().int().min(1).max(1_000_000).default(1),
  method: textOrNull,
  path: textOrNull,
  type: textOrNull,
  status: z.coerce.number().int().min(400).max(599).optional(),
  stage: z.enum(['before', 'after']).optional(),
  should_retry: z.union([yesOrNo, z.literal('').transform(() => null)]).nullish(),
  delay_ms: z.coerce.number().int().min(0).max(600_000).default(3_000),
})

/** Plans a fault from the control endpoint's input. A time-out, reset or malformed answer happens after execution unless said otherwise. */
export function planFault(sandbox: Sandbox, input: unknown): ActiveFault {
  const { count, should_retry, delay_ms, stage, status, ...fault } = FAULT_INPUT.parse(input)
  const lateByNature = ['timeout', 'reset', 'malformed'].includes(fault.kind)
  return sandbox.faults.add(
    {
      ...fault,
      status: status ?? (fault.kind === 'smtp_refuse' ? 421 : 500),
      stage: stage ?? (lateByNature ? 'after' : 'before'),
      shouldRetry: should_retry ?? null,
      delayMs: delay_ms,
    },
    count,
  )
}
