import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectPath } from '#scripts/supervisor/node-services.ts'

type Lock = {
  packages: Record<
    string,
    {
      version?: string
      os?: string[]
      cpu?: string[]
      optional?: boolean
      resolved?: string
      optionalDependencies?: Record<string, string>
    }
  >
}

function complete(lock: Lock): Lock {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-lock-'))
  const file = join(folder, 'package-lock.json')
  writeFileSync(file, JSON.stringify(lock))
  execFileSync(process.execPath, [projectPath('scripts/complete-lock.mjs'), file])
  const result: Lock = JSON.parse(readFileSync(file, 'utf8'))
  rmSync(folder, { recursive: true })
  return result
}

test('a missing package of another platform is added with its platform; one that is there stays as it is', () => {
  const { packages } = complete({
    packages: {
      '': {},
      'node_modules/tool': {
        version: '1.2.3',
        optionalDependencies: { 'tool-linux-x64': '1.2.3', 'tool-darwin-arm64': '1.2.3' },
      },
      'node_modules/tool/node_modules/tool-linux-x64': { version: '1.2.3', optional: true },
    },
  })
  expect(packages['node_modules/tool-darwin-arm64']).toEqual({
    version: '1.2.3',
    os: ['darwin'],
    cpu: ['arm64'],
    optional: true,
  })
  expect(packages['node_modules/tool-linux-x64']).toBeUndefined()
})

test.each(['package-lock.json', 'scripts/node/package-lock.json'])(
  '%s is complete and names no host',
  (path) => {
    const text = readFileSync(projectPath(path), 'utf8')
    const lock: Lock = JSON.parse(text)
    const wanted = Object.values(lock.packages).flatMap((entry) =>
      Object.keys(entry.optionalDependencies ?? {}),
    )
    const there = new Set(Object.keys(lock.packages).map((key) => key.split('node_modules/').at(-1)))
    expect(wanted.filter((name) => !there.has(name))).toEqual([])
    expect(Object.values(lock.packages).filter((entry) => entry.resolved !== undefined)).toEqual([])
  },
)
