import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** What an operation answers: an object with status 200, or another status that keeps what was done (a decline). */
export type Answer = { status: number; body: object }

/** One endpoint of the API. Runs inside a transaction; an ApiError that it throws undoes everything. */
export type Operation = {
  method: 'GET' | 'POST' | 'DELETE'
  /** Path as the official schema writes it, with `{id}`; of several ids the last one is handed on. */
  template: string
  run: (sandbox: Sandbox, params: unknown, id: string) => Answer
}

/** Declares an endpoint whose parameters, already checked against the official schema, have type `P`. */
export function operation<P = Record<string, never>>(
  method: Operation['method'],
  template: string,
  run: (sandbox: Sandbox, params: P, id: string) => object,
): Operation {
  const execute: Operation['run'] = (sandbox, params, id) => {
    const result = run(sandbox, params as P, id)
    return isAnswer(result) ? result : { status: 200, body: result }
  }
  return { method, template, run: execute }
}

function isAnswer(result: object): result is Answer {
  return 'status' in result && typeof result.status === 'number' && 'body' in result
}
