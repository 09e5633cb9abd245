import { data, type MiddlewareFunction, redirect } from 'react-router'
import { takeFreshCode } from '#app/parties/ask-fresh-code.server.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { linkStanding } from '#app/parties/links/open-pay-link.server.ts'
import { accessFor, asksForFreshCode, type Decision, decide, dependsOnPerson } from '#app/parties/policy.ts'
import {
  forbidden,
  notFound,
  readCustomerId,
  secondFactorPath,
  signInPath,
} from '#app/parties/require.server.ts'
import type { CurrentPerson } from '#app/parties/rights.ts'
import { sessionOf } from '#app/parties/session.server.ts'
import { env } from '#app/platform/env.server.ts'
import { log } from '#app/platform/log.server.ts'
import { requestInfo } from '#app/platform/request-context.ts'

async function noteDenial(person: CurrentPerson | null, decision: Decision, where: Record<string, string>) {
  log.info({ decision, personId: person?.id, ...where }, 'request denied')
  if (person === null) return
  await recordAudit({
    actorKind: person.staffRole === null ? 'buyer' : 'staff',
    actorId: person.id,
    action: 'access.denied',
    detail: { decision, ...where },
  })
}

/** Pages of a person are nobody else's, and not even their own browser keeps them after sign-out. */
function neverStore(response: Response): Response {
  response.headers.set('Cache-Control', 'no-store')
  return response
}

/** The fields of a form; none when the body is no form, which the route then finds by itself. */
async function formOf(request: Request): Promise<FormData> {
  try {
    return await request.formData()
  } catch {
    return new FormData()
  }
}

const textOf = (value: FormDataEntryValue | null): string | null => (typeof value === 'string' ? value : null)

/** Goes on once the form's code is right. The session that the request came with lasts until it is answered. */
async function proveThenGoOn(
  asker: { readonly request: Request; readonly address: string },
  person: CurrentPerson,
  form: FormData,
  next: () => Promise<Response>,
): Promise<Response> {
  const { cookies, endOld } = await takeFreshCode(asker, person, form)
  try {
    const response = neverStore(await next())
    for (const cookie of cookies) response.headers.append('Set-Cookie', cookie)
    return response
  } finally {
    await endOld()
  }
}

/**
 * Middleware of the root route: looks the matched route up in the policy table and lets the request go on only if the
 * table says so. Runs before every loader and action, for pages, data requests and files alike.
 */
export const enforcePolicy: MiddlewareFunction<Response> = async (
  { request, pattern: routePattern, params, context },
  next,
) => {
  // React Router joins the paths of nested routes and puts no slash in front.
  const pattern = `/${routePattern.replace(/^\//, '')}`
  const access = accessFor(pattern, request.method)
  const isPersonal = dependsOnPerson(access)
  const isByLink = typeof access === 'object' && access.who === 'link'
  const person = isPersonal ? await sessionOf(request) : null
  const customerId = readCustomerId(params.customerId)
  // The route reads the form itself: what is read here is a copy.
  const form = asksForFreshCode(pattern, request.method) ? await formOf(request.clone()) : null
  const decision = decide({
    pattern,
    method: request.method,
    person,
    customerId,
    isDemo: env.mode === 'demo',
    at: new Date(),
    ...(form !== null && { act: textOf(form.get('act')) }),
    ...(isByLink && { link: await linkStanding(params) }),
  })
  const { requestId, clientAddress } = context.get(requestInfo)
  if (decision === 'fresh-code' && person !== null && form !== null)
    return proveThenGoOn({ request, address: clientAddress }, person, form, next)
  if (decision === 'allow') return isPersonal || isByLink ? neverStore(await next()) : next()
  if (decision === 'sign-in') throw redirect(signInPath(request))
  if (decision === 'second-factor' && person !== null) throw redirect(secondFactorPath(request, person))
  await noteDenial(person, decision, { pattern, method: request.method, requestId })
  if (decision === 'forbidden') throw forbidden()
  if (decision === 'method-not-allowed') throw data('This page takes no such request.', { status: 405 })
  throw notFound()
}
