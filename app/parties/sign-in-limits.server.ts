/**
 * How often somebody may try to sign in. Three counts, all in the database, so that every web process shares them:
 * - one account from one network: a few tries, then a wait of minutes. An attacker elsewhere does not slow the owner.
 * - one account from everywhere: stops a guess from many networks. Networks from which the person has signed in before
 *   are let through, so that nobody can lock somebody else out.
 * - one network on all accounts: stops lists of stolen passwords.
 * Every try counts when it begins, so that parallel tries cannot slip through; a success takes its count back.
 */
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { networkOf } from '#app/parties/network.ts'
import { tokenHash } from '#app/parties/token-hash.ts'
import { env } from '#app/platform/env.server.ts'
import { log } from '#app/platform/log.server.ts'
import { createWatchedPool } from '#app/platform/watched-pool.server.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A small pool of its own: the library speaks to node-postgres, and may not hold up the pages. */
const pool = createWatchedPool({
  connectionString: env.database.url,
  max: 2,
  application_name: 'quittance-limits',
  connectionTimeoutMillis: 5_000,
  idleTimeoutMillis: 10_000,
  allowExitOnIdle: true,
})
pool.on('error', (error) => log.warn({ err: error }, 'an idle connection of the rate limits was lost'))

const counter = (keyPrefix: string, points: number, duration: number): RateLimiterPostgres =>
  new RateLimiterPostgres({
    storeClient: pool,
    tableName: 'rate_limit',
    tableCreated: true,
    clearExpiredByTimeout: true,
    keyPrefix,
    points,
    duration,
  })

/** Networks from which an account has signed in, remembered for 90 days. */
const known = counter('known', 1, 90 * DAY)

export type LimitedAct = 'password' | 'link' | 'code'

type Counters = { pair: RateLimiterPostgres; account: RateLimiterPostgres; network: RateLimiterPostgres }

const COUNTERS: Readonly<Record<LimitedAct, Counters>> = {
  password: {
    pair: counter('password-pair', 5, 5 * MINUTE),
    account: counter('password-account', 60, HOUR),
    network: counter('password-network', 50, 15 * MINUTE),
  },
  link: {
    pair: counter('link-pair', 3, 10 * MINUTE),
    account: counter('link-account', 10, HOUR),
    network: counter('link-network', 20, 15 * MINUTE),
  },
  code: {
    pair: counter('code-pair', 5, 5 * MINUTE),
    account: counter('code-account', 30, HOUR),
    network: counter('code-network', 100, 15 * MINUTE),
  },
}

/** Whether the try may go on; `succeeded` takes its count back and remembers the network. */
export type Allowance =
  | { ok: true; succeeded: () => Promise<void> }
  | { ok: false; retryAfterSeconds: number }

async function take(limiter: RateLimiterPostgres, key: string): Promise<number> {
  try {
    await limiter.consume(key)
    return 0
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused
    return Math.max(1, Math.ceil(refused.msBeforeNext / 1000))
  }
}

/** Counts one try on an account (an e-mail address or a person's id) from the network of `address`. */
export async function allowTry(act: LimitedAct, account: string, address: string): Promise<Allowance> {
  const network = networkOf(address)
  // Hashed, so that the table holds no addresses of people, and short enough for its key.
  const accountKey = tokenHash(account.trim().toLowerCase()).slice(0, 24)
  const pairKey = `${accountKey}:${network}`
  const { pair, account: everywhere, network: fromNetwork } = COUNTERS[act]

  const waits = await Promise.all([
    take(pair, pairKey),
    take(fromNetwork, network),
    take(everywhere, accountKey),
  ])
  const [pairWait, networkWait, accountWait] = waits
  const isKnown = accountWait > 0 && (await known.get(pairKey)) !== null
  const wait = Math.max(pairWait, networkWait, isKnown ? 0 : accountWait)
  if (wait > 0) return { ok: false, retryAfterSeconds: wait }
  return {
    ok: true,
    succeeded: async () => {
      await Promise.all([
        pair.delete(pairKey),
        fromNetwork.reward(network),
        everywhere.reward(accountKey),
        known.set(pairKey, 1, 90 * DAY),
      ])
    },
  }
}

/** The sentence that goes with a refusal. */
export function waitSentence(retryAfterSeconds: number): string {
  const minutes = Math.ceil(retryAfterSeconds / 60)
  const wait = retryAfterSeconds <= 90 ? `${retryAfterSeconds} seconds` : `${minutes} minutes`
  return `Too many tries. Wait ${wait}, then try again.`
}
