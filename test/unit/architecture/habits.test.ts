/** House rules that the linter cannot hold. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ENV_NAMES } from '#app/platform/env-schema.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { type SourceFile, sourceFiles } from '#test/support/source-files.ts'

const code = sourceFiles(['app', 'scripts', 'test', 'prisma'], ['.ts', '.tsx', '.mjs'])
const schema = readFileSync(projectPath('prisma/schema.prisma'), 'utf8')

const pathsOf = (files: readonly SourceFile[]): string[] => files.map((file) => file.path)
const inApp = (file: SourceFile): boolean => file.path.startsWith('app/')

test('only env.server.ts reads the environment', () => {
  const readers = code.filter((file) => inApp(file) && /process\.env|import\.meta\.env/.test(file.text))
  expect(pathsOf(readers)).toEqual(['app/platform/env.server.ts'])
})

test('.env.example names every setting and no other', () => {
  const named = [...readFileSync(projectPath('.env.example'), 'utf8').matchAll(/^([A-Z_]+)=/gm)].map(
    (match) => match[1],
  )
  expect(named.toSorted()).toEqual(ENV_NAMES.toSorted())
})

test('money is bigint in code: no field of minor units is a number', () => {
  const wrong = code.filter((file) => inApp(file) && /\b\w*[mM]inor\??:\s*number\b/.test(file.text))
  expect(pathsOf(wrong)).toEqual([])
})

test('money is bigint in the database: every minor unit is BigInt, and nothing is a float', () => {
  const fields = [...schema.matchAll(/^\s+(\w+)\s+(\w+)/gm)].map((match) => ({
    name: match[1] ?? '',
    type: match[2],
  }))
  const money = fields.filter(({ name }) => /Minor$/.test(name))
  expect(money.length).toBeGreaterThan(0)
  // A unit price may be finer than the smallest coin; it is exact, and only its product with a quantity is money.
  const isExact = ({ name, type }: (typeof money)[number]): boolean =>
    type === 'BigInt' || (name === 'unitPriceMinor' && type === 'Decimal')
  expect(money.filter((field) => !isExact(field))).toEqual([])
  expect(fields.filter(({ type }) => type === 'Float')).toEqual([])
})

/** `../x` that stays in the same top folder; prisma/ and contracts/ have no alias and are reached by climbing. */
const staysInside = (file: SourceFile, name: string): boolean =>
  name.startsWith('../') && name.split('../').length < file.path.split('/').length

test('imports go through the alias, never up the folders', () => {
  const climbing = code.flatMap((file) =>
    file.imports
      .filter((name) => /^(\.\.\/)+(app|scripts|test)\//.test(name) || staysInside(file, name))
      .map((name) => `${file.path} imports ${name}`),
  )
  expect(climbing).toEqual([])
})

test('no drawer of unrelated things, and no barrel', () => {
  const drawer = /(^|\/)(utils?|helpers?|common|misc|managers?)(\/|\.tsx?$)|\/index\.tsx?$/
  expect(pathsOf(code.filter((file) => drawer.test(file.path)))).toEqual([])
})

test('nothing is left for later', () => {
  const marks = new RegExp(['TO', 'DO|FIX', 'ME|XX', 'X\\b'].join(''))
  expect(pathsOf(code.filter((file) => marks.test(file.text)))).toEqual([])
})

test('no test is skipped or runs alone', () => {
  const marks = /\b(test|it|describe)\.(skip|only|todo|fails)\b/
  const tests = code.filter((file) => file.path.endsWith('.test.ts') || file.path.endsWith('.test.tsx'))
  expect(pathsOf(tests.filter((file) => marks.test(file.text)))).toEqual([])
})
