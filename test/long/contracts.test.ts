import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { projectPath } from '#scripts/supervisor/node-services.ts'

test('10,000 runs of each fuzz test and 131,072 calls of the invariants find nothing', async () => {
  const hardhat = projectPath('node_modules/hardhat/dist/src/cli.js')
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [hardhat, 'test', 'solidity', '--test-profile', 'long'],
    {
      cwd: projectPath('.'),
      maxBuffer: 16 * 1024 * 1024,
    },
  )
  expect(stdout).toMatch(/\(runs: 10000\)/)
  expect(stdout).toMatch(/\b2[1-9] passing/)
  expect(stdout).not.toMatch(/failing/)
})
