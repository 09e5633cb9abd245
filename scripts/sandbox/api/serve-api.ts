import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, invalidRequest } from '#scripts/sandbox/api/api-error.ts'
import { authenticate } from '#scripts/sandbox/api/authenticate.ts'
import { expand } from '#scripts/sandbox/api/expand.ts'
import { type FormTree, parseForm } from '#scripts/sandbox/api/form.ts'
import { findSavedAnswer, fingerprint, keyInUse, saveAnswer } from '#scripts/sandbox/api/idempotency.ts'
import type { Answer, Operation } from '#scripts/sandbox/api/operation.ts'
import { findOperation } from '#scripts/sandbox/api/routes.ts'
import { API_FAULTS, type Fault } from '#scripts/sandbox/faults.ts'
import { type HttpReply, type HttpRequest, halfReply } from '#scripts/sandbox/http/messages.ts'
import { randomText } from '#scripts/sandbox/ids.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type Headers = Record<string, string>
type Call = {
  operation: Operation
  id: string
  path: string
  params: FormTree
  key: string | null
  print: string
  requestId: string
}

/** Keys of requests under way. Only in memory: a kill ends them, and their transaction with them. */
const keysInFlight = new Set<string>()

/** Answers one request under /v1, with the planned faults. */
export async function serveApi(sandbox: Sandbox, request: HttpRequest): Promise<HttpReply> {
  const requestId = `req_${randomText(14)}`
  const headers: Headers = {
    'request-id': requestId,
    'stripe-version': sandbox.schema.version,
    // The clock that this API lives by, so that a caller can choose an expiry after it was moved.
    date: new Date(sandbox.clock.now() * 1000).toUTCString(),
  }
  const key = request.method === 'POST' ? (request.headers['idempotency-key']?.toString() ?? null) : null
  if (key !== null) headers['idempotency-key'] = key
  noteVersion(sandbox, request, requestId)
  const fault = sandbox.faults.take(API_FAULTS, (one) => applies(one, request))
  if (fault?.kind === 'status' && fault.stage === 'before') return faultReply(fault, headers)
  if (fault?.stage === 'before' && (fault.kind === 'reset' || fault.kind === 'timeout'))
    return { kind: fault.kind === 'reset' ? 'reset' : 'silence' }
  try {
    const call = readCall(request, key, requestId)
    const reply = await answerCall(sandbox, call, fault, headers)
    if (fault?.kind === 'timeout') return { kind: 'silence' }
    if (fault?.kind === 'malformed') return halfReply(reply)
    return fault?.kind === 'reset' ? { kind: 'reset' } : reply
  } catch (error) {
    if (error instanceof ApiError)
      return json(error.status, { error: withLog(error.body, requestId) }, headers)
    throw error
  }
}

function readCall(request: HttpRequest, key: string | null, requestId: string): Call {
  authenticate(request.headers.authorization)
  const found = findOperation(request.method, request.path)
  if (!found) {
    throw new ApiError(404, {
      type: 'invalid_request_error',
      message: `Unrecognized request URL (${request.method}: ${request.path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
    })
  }
  if (key !== null && (key.length === 0 || key.length > 255)) {
    throw invalidRequest('Idempotency keys must be between 1 and 255 characters.')
  }
  const contentType = request.headers['content-type'] ?? ''
  if (
    request.method === 'POST' &&
    request.body !== '' &&
    !contentType.startsWith('application/x-www-form-urlencoded')
  ) {
    throw invalidRequest('Invalid request: the API takes application/x-www-form-urlencoded.')
  }
  const params = parseForm(request.method === 'POST' ? request.body : request.query)
  const print = fingerprint(request.method, request.path, params)
  return { ...found, path: request.path, params, key, print, requestId }
}

async function answerCall(
  sandbox: Sandbox,
  call: Call,
  fault: Fault | null,
  headers: Headers,
): Promise<HttpReply> {
  const { key } = call
  if (key !== null && keysInFlight.has(key)) throw keyInUse(key)
  const saved = key === null ? null : findSavedAnswer(sandbox, key, call.print)
  if (saved) {
    const replayed = { 'idempotent-replayed': 'true', 'original-request': saved.requestId }
    return {
      kind: 'content',
      status: saved.status,
      headers: jsonHeaders({ ...headers, ...replayed }),
      body: saved.body,
    }
  }
  if (key !== null) keysInFlight.add(key)
  try {
    if (fault?.kind === 'slow') await sleep(fault.delayMs)
    const typed = structuredClone(call.params)
    sandbox.schema.readRequest(call.operation.method, call.operation.template, typed)
    return execute(sandbox, call, typed, fault, headers)
  } finally {
    if (key !== null) keysInFlight.delete(key)
  }
}

/** Effect, official check and remembered answer in one transaction; a defect undoes the effect and is remembered as 500. */
function execute(
  sandbox: Sandbox,
  call: Call,
  params: FormTree,
  fault: Fault | null,
  headers: Headers,
): HttpReply {
  const { operation, key, print, requestId } = call
  const remember = (reply: HttpReply & { kind: 'content' }): HttpReply => {
    if (key !== null)
      saveAnswer(sandbox, key, print, { status: reply.status, body: reply.body.toString(), requestId })
    return reply
  }
  try {
    return sandbox.store.transaction(() => {
      sandbox.cause = { id: requestId, idempotencyKey: key }
      const { status, body } = expandAnswer(sandbox, operation.run(sandbox, params, call.id), params)
      sandbox.schema.assertAnswer(operation.method, operation.template, status, body)
      return remember(fault?.kind === 'status' ? faultReply(fault, headers) : json(status, body, headers))
    })
  } catch (error) {
    if (error instanceof ApiError) throw error
    console.error(`sandbox: ${operation.method} ${call.path} failed (${requestId})`, error)
    const body = {
      error: withLog({ type: 'api_error', message: `Sandbox defect: ${String(error)}` }, requestId),
    }
    return sandbox.store.transaction(() => remember(json(500, body, headers)))
  } finally {
    sandbox.cause = null
  }
}

function expandAnswer(sandbox: Sandbox, answer: Answer, params: FormTree): Answer {
  const paths = Array.isArray(params.expand) ? params.expand.map(String) : []
  if (paths.length === 0 || answer.status !== 200) return answer
  return { status: answer.status, body: expand(sandbox, answer.body, paths) }
}

/** Whether an API fault was planned for such a request. */
export function applies(fault: Fault, request: HttpRequest): boolean {
  if (fault.method !== null && fault.method !== request.method) return false
  return fault.path === null || request.path.startsWith(fault.path)
}

function faultReply(fault: Fault, headers: Headers): HttpReply & { kind: 'content' } {
  const type =
    fault.status === 429 ? 'rate_limit_error' : fault.status === 409 ? 'invalid_request_error' : 'api_error'
  const code =
    fault.status === 429 ? { code: 'rate_limit' } : fault.status === 409 ? { code: 'lock_timeout' } : {}
  const retry = fault.shouldRetry === null ? {} : { 'stripe-should-retry': String(fault.shouldRetry) }
  return json(
    fault.status,
    { error: { type, ...code, message: `Planned fault of the sandbox: ${fault.status}.` } },
    { ...headers, ...retry },
  )
}

function withLog(body: object, requestId: string): object {
  return { ...body, request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}` }
}

function noteVersion(sandbox: Sandbox, request: HttpRequest, requestId: string): void {
  const version = request.headers['stripe-version']
  if (version === undefined || version === sandbox.schema.version) return
  console.error(
    `sandbox: ${requestId} asks for Stripe-Version ${version}; answered as ${sandbox.schema.version}`,
  )
}

function json(status: number, body: object, headers: Headers): HttpReply & { kind: 'content' } {
  return { kind: 'content', status, headers: jsonHeaders(headers), body: JSON.stringify(body, null, 2) }
}

function jsonHeaders(headers: Headers): Headers {
  return { ...headers, 'content-type': 'application/json' }
}
