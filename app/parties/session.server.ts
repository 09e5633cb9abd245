import { parseCookies } from 'better-auth/cookies'
import { asId } from '#app/books/ids.ts'
import { IDLE_MINUTES, SESSION_COOKIE } from '#app/parties/auth.server.ts'
import type { CurrentPerson, CustomerAccess, Right, StaffRole } from '#app/parties/rights.ts'
import { tokenHash } from '#app/parties/token-hash.ts'
import { db } from '#app/platform/db.server.ts'

const IDLE_MS = IDLE_MINUTES * 60_000
/** How exactly the last use is kept: a write per request would cost more than it tells. */
const TOUCH_MS = 60_000

/** The token in the request's cookie. Its signature adds nothing: 256 random bits are found by their hash or not at all. */
function tokenOf(request: Request): string | null {
  const value = parseCookies(request.headers.get('cookie') ?? '').get(SESSION_COOKIE)
  return value?.split('.')[0] || null
}

type SessionRow = {
  sessionId: string
  usedAt: Date
  secondFactorAt: Date | null
  personId: string
  name: string
  email: string
  staffRole: StaffRole | null
  hasTotp: boolean
  customers: {
    id: string
    name: string
    number: string
    requiresTotp: boolean
    pay: boolean
    dispute: boolean
    plans: boolean
    administer: boolean
  }[]
}

/** One round trip for everything that decides what a person may do. */
async function findSession(token: string, at: Date): Promise<SessionRow | undefined> {
  const idleSince = new Date(at.getTime() - IDLE_MS)
  const rows = await db.$queryRaw<SessionRow[]>`
    SELECT s.id AS "sessionId", s.updated_at AS "usedAt", s.second_factor_at AS "secondFactorAt",
           p.id AS "personId", p.name, p.email, m.role::text AS "staffRole",
           EXISTS (SELECT FROM two_factor f WHERE f.person_id = p.id AND f.verified) AS "hasTotp",
           coalesce((
             SELECT jsonb_agg(jsonb_build_object(
                      'id', c.id, 'name', c.name, 'number', c.number, 'requiresTotp', c.requires_totp,
                      'pay', r.can_pay, 'dispute', r.can_dispute, 'plans', r.can_request_plans,
                      'administer', r.can_administer) ORDER BY c.name, c.id)
             FROM buyer_right r JOIN customer c ON c.id = r.customer_id
             WHERE r.person_id = p.id), '[]') AS customers
    FROM session s
    JOIN person p ON p.id = s.person_id AND p.disabled_at IS NULL
    LEFT JOIN staff_member m ON m.person_id = p.id
    WHERE s.token = ${tokenHash(token)} AND s.expires_at > ${at}::timestamptz AND s.updated_at > ${idleSince}::timestamptz`
  return rows[0]
}

function accessOf(row: SessionRow['customers'][number]): CustomerAccess {
  const rights: Right[] = ['view']
  for (const right of ['pay', 'dispute', 'plans', 'administer'] as const) if (row[right]) rights.push(right)
  return { id: asId(row.id), name: row.name, number: row.number, rights, requiresTotp: row.requiresTotp }
}

async function readSession(request: Request): Promise<CurrentPerson | null> {
  const token = tokenOf(request)
  if (token === null) return null
  const at = new Date()
  const row = await findSession(token, at)
  if (row === undefined) return null
  if (at.getTime() - row.usedAt.getTime() > TOUCH_MS)
    await db.session.updateMany({
      where: { id: row.sessionId, updatedAt: { lt: at } },
      data: { updatedAt: at },
    })
  return {
    id: asId(row.personId),
    sessionId: row.sessionId,
    name: row.name,
    email: row.email,
    staffRole: row.staffRole,
    customers: row.customers.map(accessOf),
    hasTotp: row.hasTotp,
    secondFactorAt: row.secondFactorAt,
  }
}

const perRequest = new WeakMap<Request, Promise<CurrentPerson | null>>()

/**
 * Whose session the request carries, read from the database once per request, whether or not a second factor is still
 * missing. Pages ask require.server.ts instead; this is for the sign-in pages.
 */
export function sessionOf(request: Request): Promise<CurrentPerson | null> {
  const cached = perRequest.get(request)
  if (cached !== undefined) return cached
  const reading = readSession(request)
  perRequest.set(request, reading)
  return reading
}

/** Forgets what was read for this request, after something changed it. */
export function forgetSession(request: Request): void {
  perRequest.delete(request)
}

/** A signed-in browser, as its owner sees it. */
export type OwnSession = { id: string; startedAt: Date; usedAt: Date; userAgent: string; address: string }

/** The sessions of a person that still count, the last used first. */
export async function listSessions(personId: string): Promise<OwnSession[]> {
  const at = new Date()
  const rows = await db.session.findMany({
    where: { personId, expiresAt: { gt: at }, updatedAt: { gt: new Date(at.getTime() - IDLE_MS) } },
    orderBy: { updatedAt: 'desc' },
    take: 100,
  })
  return rows.map((row) => ({
    id: row.id,
    startedAt: row.createdAt,
    usedAt: row.updatedAt,
    userAgent: row.userAgent ?? '',
    address: row.ipAddress ?? '',
  }))
}

/** Ends one session of a person. False when it is not theirs or no longer there. */
export async function endSession(personId: string, sessionId: string): Promise<boolean> {
  const { count } = await db.session.deleteMany({ where: { id: sessionId, personId } })
  return count === 1
}

/** Ends all sessions of a person but the one named. Returns how many. */
export async function endOtherSessions(personId: string, keepSessionId: string | null): Promise<number> {
  const { count } = await db.session.deleteMany({
    where: { personId, ...(keepSessionId === null ? {} : { id: { not: keepSessionId } }) },
  })
  return count
}
