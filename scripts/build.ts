/** npm run build: builds the web pages into build/, unless nothing they are made from has changed. */
import { openDataFolder } from '#scripts/supervisor/data-folder.ts'
import { buildWeb } from '#scripts/web-build.ts'

try {
  const didBuild = await buildWeb(openDataFolder())
  console.log(didBuild ? 'Built the web pages.' : 'The web pages are up to date.')
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
