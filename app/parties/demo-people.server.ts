import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { env } from '#app/platform/env.server.ts'

const demoPerson = z.object({
  name: z.string(),
  email: z.string(),
  password: z.string(),
  /** What the person is, in words: "Buyer for Brightwater Cafés". */
  role: z.string(),
  /** Secret of the authenticator app, in base 32; staff have one. */
  totpSecret: z.string().optional(),
})

const demoFile = z.object({ people: z.array(demoPerson) })

/** A made-up person that the demo lets everybody sign in as. */
export type DemoPerson = z.infer<typeof demoPerson>

const filePath = (): string => join(env.dataDir, 'demo.json')

/** Writes down whom the demo can be signed in as. Only ever called in the demo; throws in production mode. */
export async function writeDemoPeople(people: readonly DemoPerson[]): Promise<void> {
  if (env.mode !== 'demo') throw new Error('demo people exist in the demo only')
  const draft = `${filePath()}.draft`
  await writeFile(draft, `${JSON.stringify({ people }, null, 2)}\n`, { mode: 0o600 })
  await rename(draft, filePath())
}

/** Whom the demo can be signed in as; empty outside the demo and before the seed has run. */
export async function readDemoPeople(): Promise<DemoPerson[]> {
  if (env.mode !== 'demo') return []
  try {
    return demoFile.parse(JSON.parse(await readFile(filePath(), 'utf8'))).people
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
