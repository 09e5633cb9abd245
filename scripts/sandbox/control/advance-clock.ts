import { z } from 'zod'
import { afterBusinessDays } from '#scripts/sandbox/banking/business-days.ts'
import { type HttpReply, jsonReply } from '#scripts/sandbox/http/messages.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { TASK_HANDLERS } from '#scripts/sandbox/tasks.ts'
import { runDueTasks } from '#scripts/sandbox/timers.ts'

const LONGEST_SECONDS = 10 * 366 * 86_400
const INPUT = z.union([
  z.strictObject({ seconds: z.coerce.number().int().min(0).max(LONGEST_SECONDS) }),
  z.strictObject({ businessDays: z.coerce.number().int().min(1).max(2_500) }),
])

/** Moves the clock, by seconds or to the moment when banks act some business days later, and runs what became due. */
export function advanceClock(sandbox: Sandbox, raw: unknown): HttpReply {
  const input = INPUT.parse(raw)
  const now = sandbox.clock.now()
  const target = 'seconds' in input ? now + input.seconds : afterBusinessDays(now, input.businessDays)
  sandbox.clock.advance(target - now)
  const count = runDueTasks(sandbox, TASK_HANDLERS)
  return jsonReply(200, { now: sandbox.clock.now(), ran: count })
}
