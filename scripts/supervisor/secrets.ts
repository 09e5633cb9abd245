import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { type ClusterPasswords, inventPasswords } from '#scripts/database/cluster.ts'
import { type DataFolder, readJson, writeWhole } from '#scripts/supervisor/data-folder.ts'

/** Made once for each data folder; worth nothing outside of it. */
export type DemoSecrets = {
  authSecret: string
  passwords: ClusterPasswords
  stripeSecretKey: string
  stripeWebhookSecret: string
  ledgerWriterKey: string
}

/** The secrets of this data folder, invented at the first call. */
export function demoSecrets(folder: DataFolder): DemoSecrets {
  const file = folder.path('secrets.json')
  const known = readJson<DemoSecrets>(file)
  if (known !== undefined) return known
  if (existsSync(folder.path('postgres')))
    throw new Error(
      `${file} is missing or broken, so the database cannot be opened. npm start -- --reset starts clean.`,
    )
  const hex = (bytes: number): string => randomBytes(bytes).toString('hex')
  const fresh: DemoSecrets = {
    authSecret: hex(32),
    passwords: inventPasswords(),
    stripeSecretKey: `sk_test_${hex(24)}`,
    stripeWebhookSecret: `whsec_${hex(24)}`,
    ledgerWriterKey: `0x${hex(32)}`,
  }
  writeWhole(file, JSON.stringify(fresh))
  return fresh
}
