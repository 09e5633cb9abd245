import { setTimeout as sleep } from 'node:timers/promises'
import { applies } from '#scripts/sandbox/api/serve-api.ts'
import { API_FAULTS, type Fault } from '#scripts/sandbox/faults.ts'
import { type HttpReply, type HttpRequest, halfReply } from '#scripts/sandbox/http/messages.ts'
import { randomText } from '#scripts/sandbox/ids.ts'
import { ACCOUNT_OPERATIONS } from '#scripts/sandbox/plaid/accounts.ts'
import { badInput, badRequest, type ErrorBody, PlaidRefusal } from '#scripts/sandbox/plaid/api/plaid-error.ts'
import { PLAID_CLIENT_ID, PLAID_SECRET } from '#scripts/sandbox/plaid/api/plaid-keys.ts'
import type { PlaidOperation } from '#scripts/sandbox/plaid/api/plaid-operation.ts'
import { BANK_TOKEN_OPERATIONS } from '#scripts/sandbox/plaid/bank-token.ts'
import { DRILL_OPERATIONS } from '#scripts/sandbox/plaid/drill-operations.ts'
import { INSTITUTION_OPERATIONS } from '#scripts/sandbox/plaid/institutions.ts'
import { ITEM_OPERATIONS } from '#scripts/sandbox/plaid/items.ts'
import { LINK_OPERATIONS } from '#scripts/sandbox/plaid/links.ts'
import { SIGNAL_OPERATIONS } from '#scripts/sandbox/plaid/signal.ts'
import { WEBHOOK_KEY_OPERATIONS } from '#scripts/sandbox/plaid/webhooks/webhook-key.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** Every endpoint there is; money transfers and all else are unknown here. */
export const PLAID_OPERATIONS: readonly PlaidOperation[] = [
  ...LINK_OPERATIONS,
  ...ITEM_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...SIGNAL_OPERATIONS,
  ...BANK_TOKEN_OPERATIONS,
  ...INSTITUTION_OPERATIONS,
  ...WEBHOOK_KEY_OPERATIONS,
  ...DRILL_OPERATIONS,
]

/** Answers one request under /plaid, with the planned faults. */
export async function servePlaid(sandbox: Sandbox, request: HttpRequest): Promise<HttpReply> {
  const fault = sandbox.faults.take(API_FAULTS, (one) => applies(one, request))
  if (fault?.kind === 'slow') await sleep(fault.delayMs)
  if (fault === null || fault.kind === 'slow' || fault.kind === 'malformed') {
    const reply = answer(sandbox, request)
    return fault?.kind === 'malformed' ? halfReply(reply) : reply
  }
  if (fault.stage === 'after') answer(sandbox, request)
  if (fault.kind === 'status') return faultReply(fault)
  return { kind: fault.kind === 'reset' ? 'reset' : 'silence' }
}

function answer(sandbox: Sandbox, request: HttpRequest): HttpReply {
  const requestId = randomText(15)
  try {
    return execute(sandbox, request, requestId)
  } catch (error) {
    if (error instanceof PlaidRefusal) {
      const body = { ...error.body, request_id: requestId }
      sandbox.plaidSchema.assertComponent('PlaidError', body)
      return json(error.status, body, requestId)
    }
    console.error(`sandbox: ${request.path} failed (${requestId})`, error)
    return json(500, internalError(`Sandbox defect: ${String(error)}`), requestId)
  }
}

/** Effect and official check in one transaction: an answer that breaks the schema undoes what it tells of. */
function execute(sandbox: Sandbox, request: HttpRequest, requestId: string): HttpReply {
  const path = request.path.slice('/plaid'.length)
  const operation = PLAID_OPERATIONS.find((one) => one.path === path)
  if (operation === undefined || request.method !== 'POST')
    throw badRequest('NOT_FOUND', `there is no endpoint ${request.method} ${path}`, 404)
  const body = readBody(request)
  authenticate(request, body)
  sandbox.plaidSchema.assertRequest(path, body)
  return sandbox.store.transaction(() => {
    const content = { ...operation.run(sandbox, body), request_id: requestId }
    sandbox.plaidSchema.assertAnswer(path, content)
    return json(200, content, requestId)
  })
}

function readBody(request: HttpRequest): Record<string, unknown> {
  if (!request.headers['content-type']?.startsWith('application/json'))
    throw badRequest('INVALID_HEADERS', 'the Content-Type must be application/json')
  try {
    const body: unknown = JSON.parse(request.body)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw badRequest('INVALID_BODY', 'body could not be parsed as JSON object')
}

function authenticate({ headers }: HttpRequest, body: Record<string, unknown>): void {
  const clientId = headers['plaid-client-id'] ?? body.client_id
  const secret = headers['plaid-secret'] ?? body.secret
  if (clientId === undefined || secret === undefined)
    throw badRequest('MISSING_FIELDS', 'the following required fields are missing: client_id, secret')
  if (clientId !== PLAID_CLIENT_ID || secret !== PLAID_SECRET)
    throw badInput('INVALID_API_KEYS', 'invalid client_id or secret provided')
}

function faultReply(fault: Fault): HttpReply {
  const message = `Planned fault of the sandbox: ${fault.status}.`
  const limited = { error_type: 'RATE_LIMIT_EXCEEDED', error_code: 'RATE_LIMIT', error_message: message }
  const body = fault.status === 429 ? { ...limited, display_message: null } : internalError(message)
  return json(fault.status, body, randomText(15))
}

function internalError(message: string): ErrorBody {
  return {
    error_type: 'API_ERROR',
    error_code: 'INTERNAL_SERVER_ERROR',
    error_message: message,
    display_message: null,
  }
}

function json(status: number, body: object, requestId: string): HttpReply {
  return {
    kind: 'content',
    status,
    headers: { 'content-type': 'application/json', 'plaid-request-id': requestId },
    body: JSON.stringify(body),
  }
}
