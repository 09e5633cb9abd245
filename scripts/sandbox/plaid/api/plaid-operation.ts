import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** One endpoint, called by POST. Runs inside a transaction; a PlaidRefusal that it throws undoes everything. */
export type PlaidOperation = { path: string; run: (sandbox: Sandbox, body: unknown) => object }

/** Declares an endpoint whose body, already checked against the official schema, has type `Body`. */
export function plaidOperation<Body>(
  path: string,
  run: (sandbox: Sandbox, body: Body) => object,
): PlaidOperation {
  return { path, run: (sandbox, body) => run(sandbox, body as Body) }
}
