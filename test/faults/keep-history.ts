import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectPath } from '#scripts/supervisor/node-services.ts'

/** Writes down what happened, to be read beside the seed when a run fails. */
export function keepHistory(name: string, history: object): void {
  const folder = projectPath('.data/long')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.json`)
  writeFileSync(
    file,
    JSON.stringify(history, (_, value) => (typeof value === 'bigint' ? String(value) : value), 1),
  )
  console.error(`The history of this run is in ${file}`)
}
