/**
 * What the sign-in pages do. Each answer looks the same and takes the same time for an unknown address, a wrong password
 * and a person who was shut out, so that nobody can find out who has an account.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isAPIError } from 'better-auth/api'
import { recordAudit } from '#app/parties/audit.server.ts'
import { auth, CLIENT_ADDRESS_HEADER } from '#app/parties/auth.server.ts'
import type { CurrentPerson } from '#app/parties/rights.ts'
import { checkTotp, confirmEnrolment, spendBackupCode } from '#app/parties/second-factor.server.ts'
import { endSession, forgetSession, sessionOf } from '#app/parties/session.server.ts'
import { allowTry, type LimitedAct } from '#app/parties/sign-in-limits.server.ts'
import { tokenHash } from '#app/parties/token-hash.ts'
import { db } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'

/** A request and the address of the browser that sent it. */
export type Asker = { request: Request; address: string }

/** Either the cookies to set, or why not. Wrong means: not told what was wrong. */
export type SignInAnswer =
  | { ok: true; cookies: string[] }
  | { ok: false; reason: 'wrong' }
  | { ok: false; reason: 'wait'; retryAfterSeconds: number }

/** No "no" comes sooner than this: well above what any of the ways to it takes. */
const SLOWEST_NO_MS = 400

async function noSoonerThan(startedAtMs: number): Promise<void> {
  await sleep(Math.max(0, startedAtMs + SLOWEST_NO_MS - performance.now()))
}

/** What the library gets to see of a request. */
function libraryHeaders({ request, address }: Asker): Headers {
  const headers = new Headers({ [CLIENT_ADDRESS_HEADER]: address })
  for (const name of ['cookie', 'user-agent']) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  return headers
}

const kindOf = (person: Pick<CurrentPerson, 'staffRole'>): 'buyer' | 'staff' =>
  person.staffRole === null ? 'buyer' : 'staff'

type Account = { id: string; isStaff: boolean; isDisabled: boolean }

async function findAccount(email: string): Promise<Account | null> {
  const row = await db.person.findUnique({
    where: { email },
    select: { id: true, disabledAt: true, staff: { select: { role: true } } },
  })
  return row && { id: row.id, isStaff: row.staff !== null, isDisabled: row.disabledAt !== null }
}

/** Audit and log of one try. The address that was typed is not kept: it may be a password in the wrong field. */
async function noteTry(account: Account | null, action: string, reason?: string): Promise<void> {
  log.info({ action, personId: account?.id, reason }, 'sign-in')
  await recordAudit({
    actorKind: account === null ? 'system' : account.isStaff ? 'staff' : 'buyer',
    ...(account === null ? {} : { actorId: account.id }),
    action,
    ...(reason === undefined ? {} : { detail: { reason } }),
  })
}

/** The library's answer as cookies; null when it said no. Anything else is a fault and thrown. */
async function cookiesOf(call: Promise<{ headers: Headers }>): Promise<string[] | null> {
  try {
    return (await call).headers.getSetCookie()
  } catch (error) {
    if (isAPIError(error) && (error.statusCode < 500 || error.statusCode === 302)) return null
    throw error
  }
}

/** Counts a try; null when it may go on. */
async function limited(act: LimitedAct, account: string, address: string) {
  const allowance = await allowTry(act, account, address)
  if (allowance.ok) return { allowance, refusal: null }
  return {
    allowance: null,
    refusal: { ok: false, reason: 'wait', retryAfterSeconds: allowance.retryAfterSeconds } as const,
  }
}

/** Ends the session that the browser came with: a sign-in always starts a new one. */
async function leaveOldSession(request: Request): Promise<void> {
  const old = await sessionOf(request)
  if (old !== null) await endSession(old.id, old.sessionId)
  forgetSession(request)
}

/** Signs in by password. A second factor may still be missing afterwards. */
export async function signInWithPassword(
  asker: Asker,
  email: string,
  password: string,
): Promise<SignInAnswer> {
  const startedAtMs = performance.now()
  const { allowance, refusal } = await limited('password', email, asker.address)
  if (allowance === null) {
    log.warn({ action: 'sign-in.limited' }, 'sign-in')
    return refusal
  }
  const account = await findAccount(email)
  const cookies = await cookiesOf(
    auth.api.signInEmail({ body: { email, password }, headers: libraryHeaders(asker), returnHeaders: true }),
  )
  if (cookies === null) {
    await noteTry(account, 'sign-in.failed', 'password')
    await noSoonerThan(startedAtMs)
    return { ok: false, reason: 'wrong' }
  }
  await allowance.succeeded()
  await leaveOldSession(asker.request)
  await noteTry(account, 'sign-in.password')
  return { ok: true, cookies }
}

/**
 * Sends a sign-in link if the address belongs to somebody who may sign in, and tells nobody whether it does.
 * `ok` means only that the request was taken.
 */
export async function requestSignInLink(
  asker: Asker,
  email: string,
  next: string | null,
): Promise<{ ok: true } | { ok: false; retryAfterSeconds: number }> {
  const startedAtMs = performance.now()
  const { refusal } = await limited('link', email, asker.address)
  if (refusal !== null) return { ok: false, retryAfterSeconds: refusal.retryAfterSeconds }
  const account = await findAccount(email)
  if (account !== null && !account.isDisabled)
    await auth.api.signInMagicLink({
      body: { email, metadata: next === null ? {} : { next } },
      headers: libraryHeaders(asker),
    })
  await noteTry(account, 'sign-in.link-requested')
  await noSoonerThan(startedAtMs)
  return { ok: true }
}

/** Signs in by a mailed link, which is used up by that. A second factor may still be missing afterwards. */
export async function openSignInLink(asker: Asker, token: string): Promise<SignInAnswer> {
  const startedAtMs = performance.now()
  // A token is 256 random bits, so only the network is worth counting; each token is an account of its own here.
  const { allowance, refusal } = await limited('link', tokenHash(token), asker.address)
  if (allowance === null) return refusal
  const cookies = await cookiesOf(
    auth.api.magicLinkVerify({ query: { token }, headers: libraryHeaders(asker), returnHeaders: true }),
  )
  if (cookies === null || cookies.length === 0) {
    await noteTry(null, 'sign-in.failed', 'link')
    await noSoonerThan(startedAtMs)
    return { ok: false, reason: 'wrong' }
  }
  await allowance.succeeded()
  await leaveOldSession(asker.request)
  await noteTry(await accountOfCookies(cookies), 'sign-in.link')
  return { ok: true, cookies }
}

async function accountOfCookies(cookies: readonly string[]): Promise<Account | null> {
  const person = await sessionOf(requestWith(cookies))
  return person && { id: person.id, isStaff: person.staffRole !== null, isDisabled: false }
}

/** A request as the browser will send it once it has these cookies. */
function requestWith(cookies: readonly string[]): Request {
  const pairs = cookies.map((cookie) => cookie.split(';')[0] ?? '')
  return new Request('http://localhost/', { headers: { cookie: pairs.join('; ') } })
}

async function freshSession(asker: Asker): Promise<string[]> {
  const { headers } = await auth.api.completeSecondFactor({
    headers: libraryHeaders(asker),
    returnHeaders: true,
  })
  return headers.getSetCookie()
}

/** Ends the session that a fresh one takes the place of. */
async function endReplaced({ request }: Asker, person: CurrentPerson): Promise<void> {
  await endSession(person.id, person.sessionId)
  forgetSession(request)
}

/** Gives the second factor: a code of the authenticator app, or a backup code. The session gets a new token. */
export async function giveSecondFactor(
  asker: Asker,
  person: CurrentPerson,
  code: string,
): Promise<SignInAnswer> {
  const answer = await proveAgain(asker, person, code)
  if (!answer.ok) return answer
  await answer.endOld()
  return { ok: true, cookies: answer.cookies }
}

/** Cookies of a session with a fresh second factor, and what ends the one that the request carries. */
export type Proven = { readonly ok: true; readonly cookies: string[]; readonly endOld: () => Promise<void> }

/**
 * The same for a request that goes on with its own session once the code is right, and has the new one afterwards: whoever calls
 * it ends the old one when the request is done.
 */
export async function proveAgain(
  asker: Asker,
  person: CurrentPerson,
  code: string,
): Promise<Proven | Exclude<SignInAnswer, { ok: true }>> {
  const { allowance, refusal } = await limited('code', person.id, asker.address)
  if (allowance === null) return refusal
  const isTotp = /^\d{6}$/.test(code.replace(/[\s-]/g, ''))
  const isRight = isTotp
    ? await checkTotp(person.id, code, new Date())
    : await spendBackupCode(person.id, code)
  const actor = { actorKind: kindOf(person), actorId: person.id }
  const detail = { factor: isTotp ? 'totp' : 'backup-code' }
  if (!isRight) {
    await recordAudit({ ...actor, action: 'second-factor.failed', detail })
    return { ok: false, reason: 'wrong' }
  }
  await allowance.succeeded()
  const cookies = await freshSession(asker)
  await recordAudit({ ...actor, action: 'second-factor.given', detail })
  return { ok: true, cookies, endOld: () => endReplaced(asker, person) }
}

/** Ends the set-up of an authenticator app with its first code. Gives the backup codes, to be shown once. */
export async function enrolWithCode(
  asker: Asker,
  person: CurrentPerson,
  code: string,
): Promise<Exclude<SignInAnswer, { ok: true }> | { ok: true; cookies: string[]; backupCodes: string[] }> {
  const { allowance, refusal } = await limited('code', person.id, asker.address)
  if (allowance === null) return refusal
  const backupCodes = await confirmEnrolment(
    { personId: person.id, sessionId: person.sessionId },
    code,
    new Date(),
  )
  const actor = { actorKind: kindOf(person), actorId: person.id }
  if (backupCodes === null) {
    await recordAudit({ ...actor, action: 'second-factor.enrolment-failed' })
    return { ok: false, reason: 'wrong' }
  }
  await allowance.succeeded()
  const cookies = await freshSession(asker)
  await endReplaced(asker, person)
  await recordAudit({ ...actor, action: 'second-factor.enrolled' })
  return { ok: true, cookies, backupCodes }
}

/** Ends the session of this browser. Returns the cookies that take the old ones away. */
export async function signOut(asker: Asker): Promise<string[]> {
  const person = await sessionOf(asker.request)
  const { headers } = await auth.api.signOut({ headers: libraryHeaders(asker), returnHeaders: true })
  forgetSession(asker.request)
  if (person !== null)
    await recordAudit({ actorKind: kindOf(person), actorId: person.id, action: 'sign-out' })
  return headers.getSetCookie()
}
