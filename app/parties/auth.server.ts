/**
 * The sign-in library, set up for these books. It checks passwords, issues and consumes mailed links, and makes and ends
 * sessions. Nobody signs up: people are made by staff or the seed. The second factor is ours (second-factor.server.ts),
 * because the library's own asks for it after passwords only and takes the same code twice.
 */
import { randomBytes } from 'node:crypto'
import { type BetterAuthPlugin, betterAuth } from 'better-auth'
import { createAuthEndpoint, sensitiveSessionMiddleware } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { magicLink } from 'better-auth/plugins/magic-link'
import { newId } from '#app/books/ids.ts'
import { authStore } from '#app/parties/auth-store.server.ts'
import { mailSignInLink, SIGN_IN_LINK_MINUTES } from '#app/parties/mail-sign-in-link.server.ts'
import { PASSWORD_LENGTH } from '#app/parties/password.ts'
import { hashPassword, verifyPassword } from '#app/parties/password-hash.server.ts'
import { db } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'
import { log } from '#app/platform/log.server.ts'

/** A session ends after this long, however busy it is. */
export const SESSION_HOURS = 12
/** A session ends after this long without a request. */
export const IDLE_MINUTES = 30

/** Name of the session cookie. Browsers accept the prefix over https only, and with it no other host can set the cookie. */
export const SESSION_COOKIE: string = env.web.isHttps ? '__Host-quittance' : 'quittance'

/** Header in which a route tells the library the browser's address; never taken from the browser. */
export const CLIENT_ADDRESS_HEADER = 'x-quittance-client-address'

/** Gives a fresh session, with a new token, that remembers that a second factor was given. Its caller ends the old one. */
const stepUp = {
  id: 'step-up',
  schema: {
    session: { fields: { secondFactorAt: { type: 'date', required: false, input: false, returned: true } } },
  },
  endpoints: {
    completeSecondFactor: createAuthEndpoint.serverOnly(
      { method: 'POST', use: [sensitiveSessionMiddleware], requireHeaders: true },
      async (ctx) => {
        const { user } = ctx.context.session
        const fresh = await ctx.context.internalAdapter.createSession(user.id, false, {
          secondFactorAt: new Date(),
        })
        await setSessionCookie(ctx, { session: fresh, user })
        return ctx.json({ ok: true })
      },
    ),
  },
} satisfies BetterAuthPlugin

/** The library's server side; routes use it through sign-in.server.ts. */
export const auth = betterAuth({
  appName: 'Quittance',
  baseURL: env.web.origin,
  basePath: '/auth',
  secret: env.auth.secret,
  telemetry: { enabled: false },
  database: authStore,
  trustedOrigins: [env.web.origin],
  user: { modelName: 'person' },
  account: { modelName: 'credential', fields: { userId: 'personId' } },
  session: {
    modelName: 'session',
    fields: { userId: 'personId' },
    expiresIn: SESSION_HOURS * 3600,
    disableSessionRefresh: true,
    cookieCache: { enabled: false },
  },
  emailAndPassword: {
    enabled: true,
    disableSignUp: true,
    minPasswordLength: PASSWORD_LENGTH.min,
    maxPasswordLength: PASSWORD_LENGTH.max,
    password: { hash: hashPassword, verify: verifyPassword },
  },
  // Ours counts per account and network, see sign-in-limits.server.ts.
  rateLimit: { enabled: false },
  advanced: {
    useSecureCookies: false,
    cookiePrefix: 'quittance',
    cookies: { session_token: { name: SESSION_COOKIE } },
    defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/', secure: env.web.isHttps },
    ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    database: { generateId: () => newId() },
  },
  databaseHooks: {
    session: {
      create: {
        before: async (session) => {
          const person = await db.person.findUnique({
            where: { id: session.userId },
            select: { disabledAt: true },
          })
          if (person === null || person.disabledAt !== null) return false
          return {
            data: {
              token: randomBytes(32).toString('base64url'),
              userAgent: session.userAgent?.slice(0, 300) ?? '',
            },
          }
        },
      },
    },
  },
  logger: {
    disableColors: true,
    log: (level, message) => log[level === 'error' ? 'error' : 'debug']({ library: 'better-auth' }, message),
  },
  plugins: [
    magicLink({
      expiresIn: SIGN_IN_LINK_MINUTES * 60,
      disableSignUp: true,
      storeToken: 'hashed',
      generateToken: () => randomBytes(32).toString('base64url'),
      sendMagicLink: ({ email, token, metadata }) => mailSignInLink(email, token, metadata),
    }),
    stepUp,
  ],
})
