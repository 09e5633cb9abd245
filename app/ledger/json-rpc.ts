import { ChainReadError } from './stream.ts'

/** The endpoint refused a call: it said so in JSON-RPC, so it is up. */
export class RpcRefusal extends Error {
  override readonly name = 'RpcRefusal'
}

export type RpcCall = (method: string, params: readonly unknown[]) => Promise<unknown>

const TIMEOUT_MS = 20_000

/**
 * Calls one JSON-RPC endpoint over HTTP with nothing but `fetch`, so that it works in a browser. A call throws RpcRefusal
 * when the endpoint answers with an error, ChainReadError when it does not answer or answers something else.
 */
export function createRpc(url: string): RpcCall {
  let id = 0
  return async (method, params) => {
    id += 1
    const request = { jsonrpc: '2.0', id, method, params }
    const answer = await post(url, request)
    if (typeof answer !== 'object' || answer === null)
      throw new ChainReadError('bad_answer', 'The chain’s address does not speak JSON-RPC.')
    if ('error' in answer && answer.error !== null && answer.error !== undefined)
      throw new RpcRefusal(`${method}: ${JSON.stringify(answer.error).slice(0, 300)}`)
    if (!('result' in answer))
      throw new ChainReadError('bad_answer', 'The chain’s address does not speak JSON-RPC.')
    return answer.result
  }
}

async function post(url: string, body: unknown): Promise<unknown> {
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    })
  } catch {
    throw new ChainReadError('unreachable', `The chain does not answer at ${url}.`)
  }
  try {
    return await response.json()
  } catch {
    throw new ChainReadError('bad_answer', `What answers at ${url} is not a chain (HTTP ${response.status}).`)
  }
}
