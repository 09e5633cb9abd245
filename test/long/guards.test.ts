/** Takes a quarter of an hour; a run that was stopped goes on where it was, as long as no contract has changed. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { projectPath } from '#scripts/supervisor/node-services.ts'

test('no guard of the contracts can be switched off without a test that notices', async () => {
  const script = projectPath('scripts/contracts/mutate-guards.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script], { maxBuffer: 64 * 1024 ** 2 })
  expect(stdout).toMatch(/\d{3} guards, 0 survive\./)
})
