import { checkHealth } from '#app/platform/health.server.ts'

/** For load balancers and people: 200 while this process can serve pages, 503 while it has no database. */
export async function loader(): Promise<Response> {
  const health = await checkHealth()
  return Response.json(health, { status: health.status === 'down' ? 503 : 200 })
}
