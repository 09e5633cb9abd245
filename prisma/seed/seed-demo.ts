import { readDemoPeople } from '#app/parties/demo-people.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'
import { businessDateIn } from '#app/platform/time.ts'
import { writePeople } from './people.ts'
import { tellStory } from './story.ts'
import { SUPPLIER } from './supplier.ts'
import { writeStory } from './write-story.ts'

export type Seeded = 'written' | 'completed' | 'nothing to do'

/**
 * Fills an empty database with the demo: one supplier, its customers, two years of trade, and people to sign in as.
 * Does nothing where a supplier is; a run that was cut off before the people were made completes them.
 */
export async function seedDemo(): Promise<Seeded> {
  if (env.mode !== 'demo') throw new Error('demo data is never written in production mode')
  const supplier = await db.supplier.findFirst()
  if (supplier !== null) {
    if (supplier.email !== SUPPLIER.email || (await readDemoPeople()).length > 0) return 'nothing to do'
    await writePeople()
    return 'completed'
  }
  const now = await readNow()
  const today = businessDateIn(SUPPLIER.timeZone, now)
  await withTransaction((tx) => writeStory(tx, tellStory(today), today, now), { timeoutMs: 60_000 })
  await writePeople()
  return 'written'
}
