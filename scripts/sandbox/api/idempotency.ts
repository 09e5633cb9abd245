import { createHash } from 'node:crypto'
import { ApiError } from '#scripts/sandbox/api/api-error.ts'
import type { FormTree, FormValue } from '#scripts/sandbox/api/form.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

export type SavedAnswer = { status: number; body: string; requestId: string }

/** Answers are remembered for this long, by the sandbox's clock. */
const LIFE_SECONDS = 24 * 60 * 60

/** What a request asks, as one text: equal for the same endpoint and parameters in any order. */
export function fingerprint(method: string, path: string, params: FormTree): string {
  return createHash('sha256')
    .update(`${method} ${path} ${canonical(params)}`)
    .digest('hex')
}

/**
 * The remembered answer to a key, or null when the key is new.
 * @throws ApiError 400 idempotency_error when the key was used for something else
 */
export function findSavedAnswer(sandbox: Sandbox, key: string, print: string): SavedAnswer | null {
  sandbox.store.run('DELETE FROM idempotency WHERE created <= ?', sandbox.clock.now() - LIFE_SECONDS)
  const row = sandbox.store.row(
    'SELECT fingerprint, status, body, request_id FROM idempotency WHERE key = ?',
    key,
  )
  if (!row) return null
  if (row.fingerprint !== print) {
    throw new ApiError(400, {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    })
  }
  return { status: Number(row.status), body: String(row.body), requestId: String(row.request_id) }
}

/** Remembers an answer, in the transaction of the request itself: effect and answer are kept together or not at all. */
export function saveAnswer(sandbox: Sandbox, key: string, print: string, answer: SavedAnswer): void {
  const sql =
    'INSERT INTO idempotency (key, fingerprint, status, body, request_id, created) VALUES (?, ?, ?, ?, ?, ?)'
  sandbox.store.run(sql, key, print, answer.status, answer.body, answer.requestId, sandbox.clock.now())
}

/** 409: the first request with this key has not been answered yet. */
export function keyInUse(key: string): ApiError {
  return new ApiError(409, {
    type: 'invalid_request_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (${key}). Please try again later.`,
  })
}

function canonical(value: FormValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}
