/**
 * Who may import whom: routes use rooms and components, rooms use gateways, everything uses platform and money, and
 * never the other way round. A room's plain files are pure; what touches the outside is called *.server.ts.
 */
import { expect, test } from 'vitest'
import { importsOf, projectImport, type SourceFile, sourceFiles } from '#test/support/source-files.ts'

const files = sourceFiles(['app'], ['.ts', '.tsx'])

/** Folders of app/ that are no room. */
const LAYERS = ['routes', 'components', 'ui', 'money', 'gateways', 'platform'] as const

/** What a file of each layer may import from app/; `room` stands for every room, `frame` for the files of app/ itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  frame: ['frame', 'routes', 'room', 'components', 'ui', 'money', 'platform'],
  routes: ['frame', 'routes', 'room', 'components', 'ui', 'money', 'platform'],
  room: ['room', 'gateways', 'money', 'platform'],
  gateways: ['gateways', 'money', 'platform'],
  components: ['components', 'room', 'ui', 'money', 'platform'],
  ui: ['ui'],
  money: ['money'],
  platform: ['platform'],
}

/** A route hands the configured provider to the use case that it calls, and tells its faults from ours; no more. */
const HANDED_ON = ['app/gateways/stripe/processor.server.ts', 'app/gateways/gateway-fault.ts']

const folderOf = (path: string): string => path.split('/')[1] ?? ''
const layerOf = (path: string): string => {
  const folder = folderOf(path)
  if (path.split('/').length === 2) return 'frame'
  return LAYERS.find((layer) => layer === folder) ?? 'room'
}
const isServerOnly = (path: string): boolean => /\.server\.tsx?$/.test(path)

function offences(judge: (file: SourceFile, imported: string) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports
      .filter((imported) => judge(file, imported))
      .map((imported) => `${file.path} imports ${imported}`),
  )
}

test('each layer imports only what lies below it', () => {
  const wrong = offences((file, imported) => {
    const target = projectImport(imported)
    if (target === undefined) return false
    if (!target.startsWith('app/')) return true
    if (layerOf(file.path) === 'routes' && HANDED_ON.includes(target)) return false
    return !ALLOWED[layerOf(file.path)]?.includes(layerOf(target))
  })
  expect(wrong).toEqual([])
})

test('a pure file of a room, of money, ui or components imports nothing that touches the outside', () => {
  const outside =
    /^(node:(fs|https?|child_process|dgram|tls|worker_threads|os|process)\b|pg$|stripe$|plaid$|jose$|nodemailer|graphile-worker|@prisma\/|better-auth|pino)/
  const wrong = offences((file, imported) => {
    if (!['room', 'money', 'ui', 'components'].includes(layerOf(file.path)) || isServerOnly(file.path))
      return false
    return isServerOnly(projectImport(imported) ?? '') || outside.test(imported)
  })
  expect(wrong).toEqual([])
})

test('no room knows React, and money and gateways do not either', () => {
  const wrong = offences(
    (file, imported) =>
      ['room', 'money', 'gateways'].includes(layerOf(file.path)) && /^react(-dom)?(\/|$)/.test(imported),
  )
  expect(wrong).toEqual([])
})

test('routes and components hold no SQL, no provider and no chain', () => {
  const direct = /^(stripe|plaid|ethers|pg|@prisma\/)|\/db\.server\.ts$|\/generated\//
  const wrong = offences(
    (file, imported) => ['routes', 'components', 'ui'].includes(layerOf(file.path)) && direct.test(imported),
  )
  const raw = files.filter(
    (file) => /\$(query|execute)Raw/.test(file.text) && layerOf(file.path) === 'routes',
  )
  expect([...wrong, ...raw.map((file) => `${file.path} holds SQL`)]).toEqual([])
})

test('SQL is never put together from text', () => {
  const unsafe = files.filter((file) => /\$(query|execute)RawUnsafe/.test(file.text))
  expect(unsafe.map((file) => file.path)).toEqual([])
})

test('rooms form no cycle', () => {
  const uses = new Map<string, Set<string>>()
  for (const file of files.filter(({ path }) => layerOf(path) === 'room'))
    for (const imported of file.imports) {
      const target = projectImport(imported)
      if (target === undefined || layerOf(target) !== 'room' || folderOf(target) === folderOf(file.path))
        continue
      uses.set(folderOf(file.path), (uses.get(folderOf(file.path)) ?? new Set()).add(folderOf(target)))
    }
  expect(cycleIn(uses)).toBeUndefined()
})

/** The first cycle of a graph as a readable chain, or undefined. */
function cycleIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string | undefined {
  const visit = (node: string, path: readonly string[]): string | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node].join(' → ')
    for (const next of graph.get(node) ?? []) {
      const found = visit(next, [...path, node])
      if (found !== undefined) return found
    }
    return undefined
  }
  for (const node of graph.keys()) {
    const found = visit(node, [])
    if (found !== undefined) return found
  }
  return undefined
}

test('the check itself sees imports, exports from, types and dynamic imports, over several lines too', () => {
  const text = `import a from 'a'\nimport {\n  b,\n} from "b"\nimport type { C } from 'c'\nexport { d } from 'd'\nimport 'e'\nawait import('f')`
  expect(importsOf(text)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('the check itself finds a cycle', () => {
  const graph = new Map([
    ['a', new Set(['b'])],
    ['b', new Set(['c'])],
    ['c', new Set(['b'])],
  ])
  expect(cycleIn(graph)).toBe('b → c → b')
})
