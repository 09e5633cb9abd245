/** Random calls and times, drawn so that histories get somewhere and touch every limit. */
import type { Random } from '#scripts/seeded-random.ts'
import { PLACES, type Place } from './chain.ts'
import {
  ACCOUNTS,
  type Account,
  type Call,
  type Party,
  type Placement,
  type PlacementStatus,
  type Registry,
  refusalOf,
  seenAt,
} from './model.ts'

const DAY = 86_400n
const LAST_SECOND = 2n ** 40n - 1n

const NAMES = ['place', 'accept', 'hold', 'resume', 'recall', 'giveBack', 'expire'] as const
/** The calls that keep a placement running. */
const NEXT: Partial<Record<PlacementStatus, Call['name']>> = {
  None: 'place',
  Offered: 'accept',
  Accepted: 'hold',
  Held: 'resume',
}

/** Two suppliers have most of the placements. */
const USUAL_PLACES = PLACES.filter(({ supplier }) => supplier === 'supplier' || supplier === 'otherSupplier')

/** Mostly a moment later, else the last second of a placement, the second after it, or some days on. */
export function drawTime(random: Random, registry: Registry, now: bigint): bigint {
  const kind = random.unit()
  if (kind < 0.75) return now + 1n
  if (kind < 0.8) return now + BigInt(random.between(1, 8)) * DAY
  const next = PLACES.map((place) => placementAt(registry, place).expires + BigInt(random.between(0, 1)))
    .filter((at) => at > now && at < now + 400n * DAY)
    .toSorted((a, b) => (a < b ? -1 : 1))
  return next.length === 0 ? now + 1n : random.pick(next.slice(0, 2))
}

/** Mostly a call that the model takes, so that histories get somewhere; of the refusals, rather those with a rare reason. */
export function drawCall(random: Random, registry: Registry, now: bigint): Call {
  for (let tries = 0; ; tries += 1) {
    const call = drawAnyCall(random, registry, now)
    const refusal = refusalOf(registry, call, now)
    const isPlain =
      refusal === 'PlacementRegistry_StatusInvalid' || refusal === 'PlacementRegistry_CallerInvalid'
    if (refusal === null || tries === 6 || random.unit() < (isPlain ? 0.17 : 0.5)) return call
  }
}

function drawAnyCall(random: Random, registry: Registry, now: bigint): Call {
  const atLimit = PLACES.filter((place) => {
    const { expires } = placementAt(registry, place)
    return expires === now || expires === now - 1n
  })
  const places = random.unit() < 0.85 ? USUAL_PLACES : PLACES
  const { supplier, key } = random.pick(atLimit.length > 0 && random.unit() < 0.8 ? atLimit : places)
  const placement = placementAt(registry, { supplier, key })
  const next = NEXT[seenAt(placement, now).status]
  const name = next !== undefined && random.unit() < 0.5 ? next : random.pick(NAMES)
  switch (name) {
    case 'place':
      return {
        name,
        by: supplier,
        key,
        agency: drawAgency(random, supplier),
        expires: drawExpiry(random, now),
      }
    case 'hold':
    case 'resume':
    case 'recall':
      return { name, by: supplier, key }
    case 'accept': {
      const { expires } = placement
      const other = random.pick([0n, LAST_SECOND, expires + 1n].filter((at) => at <= LAST_SECOND))
      return {
        name,
        by: drawAgent(random, placement),
        supplier,
        key,
        expires: random.unit() < 0.9 ? expires : other,
      }
    }
    case 'giveBack':
      return { name, by: drawAgent(random, placement), supplier, key }
    case 'expire':
      return { name, by: random.pick(ACCOUNTS), supplier, key }
  }
}

function placementAt(registry: Registry, { supplier, key }: Place): Placement {
  return registry[supplier][key]
}

function drawAgency(random: Random, supplier: Account): Party {
  if (random.unit() < 0.1) return random.pick(['nobody', 'contract', supplier])
  return random.pick(ACCOUNTS.filter((account) => account !== supplier))
}

function drawExpiry(random: Random, now: bigint): bigint {
  if (random.unit() < 0.15) return random.pick([now, now - 1n, 0n, LAST_SECOND])
  return now + BigInt(random.between(1, 30 * Number(DAY)))
}

/** Who acts for the agency: one in six is anybody. */
function drawAgent(random: Random, { agency }: Placement): Account {
  const named = ACCOUNTS.filter((account) => account === agency)
  return random.pick(named.length === 0 || random.unit() < 1 / 6 ? ACCOUNTS : named)
}
