import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { projectPath } from '#scripts/supervisor/node-services.ts'

export type PageBytes = { readonly page: string; readonly gzipKilobytes: number }

/** Most JavaScript that a buyer's page may load in all, gzip. */
export const BUYER_LIMIT_KILOBYTES = 150

type Manifest = {
  entry: { module: string; imports: string[] }
  routes: Record<string, { id: string; parentId?: string; path?: string; module: string; imports: string[] }>
}

/** What each buyer page loads when it is the first one: the entry, its own and its parents' modules, everything they import. */
export function measureBuyerPages(): PageBytes[] {
  const client = projectPath('build/client')
  const manifest = readManifest(join(client, 'assets'))
  const size = (file: string): number => gzipSync(readFileSync(join(client, file))).length
  const pages = Object.values(manifest.routes).filter(
    (route) =>
      route.id.startsWith('routes/buyer/') &&
      /<|jsx|default/.test(readFileSync(join(client, route.module), 'utf8')),
  )
  return pages.map((route) => {
    const files = new Set([manifest.entry.module, ...manifest.entry.imports])
    for (
      let each: (typeof manifest.routes)[string] | undefined = route;
      each;
      each = each.parentId === undefined ? undefined : manifest.routes[each.parentId]
    ) {
      for (const file of [each.module, ...each.imports]) files.add(file)
    }
    const bytes = [...files].reduce((total, file) => total + size(file), 0)
    return { page: route.id, gzipKilobytes: bytes / 1_000 }
  })
}

function readManifest(folder: string): Manifest {
  const file = readdirSync(folder).find((name) => /^manifest-.*\.js$/.test(name))
  if (file === undefined) throw new Error('the pages are not built')
  const text = readFileSync(join(folder, file), 'utf8')
  return JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1))
}
