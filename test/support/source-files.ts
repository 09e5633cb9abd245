import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { projectPath } from '#scripts/supervisor/node-services.ts'

/** One file of the project: its path from the root, its text, and what it imports. */
export type SourceFile = { path: string; text: string; imports: string[] }

const ROOT = projectPath('.')
const SKIPPED = ['node_modules', 'app/platform/generated', 'scripts/node', 'contracts/compiled']
const IMPORT =
  /^\s*(?:import|export)\s(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm

/** All files below these folders whose names end in one of `endings`. */
export function sourceFiles(folders: readonly string[], endings: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !SKIPPED.some((skipped) => path.startsWith(skipped)))
    .sort()
    .map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8')
      return { path, text, imports: importsOf(text) }
    })
}

/** The modules that a text imports, in the order of their lines; types are imports too. */
export function importsOf(text: string): string[] {
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? '')
}

/** `#app/x` as a path from the root; undefined for packages and Node's own modules. */
export function projectImport(specifier: string): string | undefined {
  return /^#(app|scripts|test)\//.test(specifier) ? specifier.slice(1) : undefined
}
