/** One JSON-RPC call to the embedded chain; throws when it does not answer within two seconds or refuses. */
export async function chainCall<T>(
  rpcUrl: string,
  method: string,
  params: readonly unknown[] = [],
): Promise<T> {
  const response = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: AbortSignal.timeout(2_000),
  })
  const answer = (await response.json()) as { result?: T; error?: { message: string } }
  if (answer.result === undefined) throw new Error(`${method}: ${answer.error?.message ?? 'no result'}`)
  return answer.result
}
