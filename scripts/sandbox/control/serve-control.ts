import { z } from 'zod'
import { parseForm } from '#scripts/sandbox/api/form.ts'
import { advanceClock } from '#scripts/sandbox/control/advance-clock.ts'
import { planFault } from '#scripts/sandbox/control/fault-input.ts'
import { MOVE_NAMES, moveIntent } from '#scripts/sandbox/control/move-intent.ts'
import {
  answerDeposits,
  keepReserve,
  movePayout,
  moveRefund,
  payOut,
} from '#scripts/sandbox/control/move-money.ts'
import { paySession } from '#scripts/sandbox/control/pay-session-input.ts'
import { readState } from '#scripts/sandbox/control/state.ts'
import { type HttpReply, type HttpRequest, jsonReply, redirectReply } from '#scripts/sandbox/http/messages.ts'
import { findMail } from '#scripts/sandbox/mail/mailbox.ts'
import { PLAID_CONTROLS } from '#scripts/sandbox/plaid/plaid-control.ts'
import { applyConfiguredEndpoint } from '#scripts/sandbox/resources/webhook-endpoints.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** One control endpoint; `run` gets what the pattern's groups caught as `parts`. */
export type Control = {
  method: string
  pattern: RegExp
  run: (
    sandbox: Sandbox,
    input: Record<string, unknown>,
    parts: string[],
    query: URLSearchParams,
  ) => HttpReply
}

const CONTROLS: readonly Control[] = [
  { method: 'GET', pattern: /^\/_sandbox\/state$/, run: (sandbox) => jsonReply(200, readState(sandbox)) },
  { method: 'POST', pattern: /^\/_sandbox\/reset$/, run: reset },
  {
    method: 'POST',
    pattern: /^\/_sandbox\/clock\/advance$/,
    run: (sandbox, input) => advanceClock(sandbox, input),
  },
  {
    method: 'GET',
    pattern: /^\/_sandbox\/faults$/,
    run: (sandbox) => jsonReply(200, { faults: sandbox.faults.list() }),
  },
  {
    method: 'POST',
    pattern: /^\/_sandbox\/faults$/,
    run: (sandbox, input) => jsonReply(200, planFault(sandbox, input)),
  },
  { method: 'DELETE', pattern: /^\/_sandbox\/faults$/, run: clearFaults },
  { method: 'POST', pattern: /^\/_sandbox\/faults\/clear$/, run: clearFaults },
  { method: 'POST', pattern: /^\/_sandbox\/events\/([^/]+)\/resend$/, run: resend },
  {
    method: 'POST',
    pattern: new RegExp(`^/_sandbox/payments/([^/]+)/(${MOVE_NAMES.join('|')})$`),
    run: (sandbox, input, [id = '', move = ''], query) => {
      const word = (name: string): string | null => query.get(name) || textOf(input[name])
      return moveIntent(sandbox, id, move, { reason: word('reason'), code: word('code') })
    },
  },
  { method: 'POST', pattern: /^\/_sandbox\/payouts\/run$/, run: (sandbox) => payOut(sandbox) },
  {
    method: 'POST',
    pattern: /^\/_sandbox\/payouts\/([^/]+)\/(arrive|fail)$/,
    run: (sandbox, _input, [id = '', move = '']) => movePayout(sandbox, id, move),
  },
  {
    method: 'POST',
    pattern: /^\/_sandbox\/reserves\/(hold|release)$/,
    run: (sandbox, input, [move = '']) => keepReserve(sandbox, move, input),
  },
  {
    method: 'POST',
    pattern: /^\/_sandbox\/refunds\/([^/]+)\/(succeed|fail)$/,
    run: (sandbox, _input, [id = '', move = '']) => moveRefund(sandbox, id, move),
  },
  {
    method: 'POST',
    pattern: /^\/_sandbox\/microdeposits\/([^/]+)$/,
    run: (sandbox, input, [id = '']) => answerDeposits(sandbox, id, input),
  },
  {
    method: 'POST',
    pattern: /^\/_sandbox\/sessions\/([^/]+)\/pay$/,
    run: (sandbox, input, [id = '']) => paySession(sandbox, id, input),
  },
  {
    method: 'GET',
    pattern: /^\/_sandbox\/mailbox$/,
    run: (sandbox, _input, _parts, query) => jsonReply(200, { messages: findMail(sandbox, query.get('to')) }),
  },
  ...PLAID_CONTROLS,
]

/** Answers the control endpoints. Forms of the index page are sent back to it; everything else gets JSON. */
export function serveControl(sandbox: Sandbox, request: HttpRequest): HttpReply {
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false
  try {
    const input = readInput(request, isForm)
    for (const control of CONTROLS) {
      const match = control.method === request.method ? control.pattern.exec(request.path) : null
      if (!match) continue
      const reply = control.run(sandbox, input, match.slice(1), new URLSearchParams(request.query))
      const isDone = reply.kind === 'content' && reply.status === 200
      return isForm && isDone ? redirectReply('/') : reply
    }
    return jsonReply(404, { error: `No control ${request.method} ${request.path}` })
  } catch (error) {
    if (error instanceof z.ZodError) return jsonReply(400, { error: z.prettifyError(error) })
    if (error instanceof SyntaxError) return jsonReply(400, { error: error.message })
    throw error
  }
}

function readInput(request: HttpRequest, isForm: boolean): Record<string, unknown> {
  if (isForm) return parseForm(request.body)
  return request.body === '' ? {} : z.record(z.string(), z.unknown()).parse(JSON.parse(request.body))
}

function reset(sandbox: Sandbox): HttpReply {
  sandbox.store.clear()
  sandbox.clock.reset()
  sandbox.faults.reload()
  applyConfiguredEndpoint(sandbox)
  return jsonReply(200, { ok: true })
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function clearFaults(sandbox: Sandbox): HttpReply {
  sandbox.faults.clear()
  return jsonReply(200, { faults: [] })
}

/** Queues an event once more for every endpoint that had it. */
function resend(sandbox: Sandbox, _input: Record<string, unknown>, [id = '']: string[]): HttpReply {
  const sql = "UPDATE delivery SET state = 'pending', attempts = 0, next_at_ms = ? WHERE event_id = ?"
  const count = sandbox.store.run(sql, Date.now(), id)
  return count > 0
    ? jsonReply(200, { queued: count })
    : jsonReply(404, { error: `No delivery of event ${id}` })
}
