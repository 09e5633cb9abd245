import { openDataFolder } from '#scripts/supervisor/data-folder.ts'
import { buildWeb } from '#scripts/web-build.ts'

/** Once per test run: the pages as the product serves them, so that no test meets pages of an older state. */
export default async function setup(): Promise<void> {
  await buildWeb(openDataFolder())
}
