import { publishedLedger } from '#app/ledger/published-ledger.server.ts'

/** Says which ledger is this supplier's, to anyone and to pages of any origin. */
export async function loader(): Promise<Response> {
  return Response.json(await publishedLedger(), { headers: { 'Access-Control-Allow-Origin': '*' } })
}
