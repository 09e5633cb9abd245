import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { startTimeOf } from '#scripts/supervisor/process-identity.ts'

test('a bench that is told to end while it measures leaves no database and no file behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-bench-ends-'))
  const bench = spawn(
    process.execPath,
    [projectPath('scripts/bootstrap.mjs'), 'bench', '--quick', '--only', 'posting'],
    { env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const ended = new Promise<number | null>((resolve) => bench.once('exit', resolve))
  try {
    for await (const chunk of bench.stdout) if (String(chunk).includes('measuring posting')) break
    const [pidFile = ''] = globSync('**/postmaster.pid', { cwd: folder })
    const pid = Number(readFileSync(join(folder, pidFile), 'utf8').split('\n')[0])
    expect(startTimeOf(pid)).toBeDefined()

    bench.kill('SIGHUP')
    expect(await ended).toBe(1)
    expect(startTimeOf(pid)).toBeUndefined()
    expect(readdirSync(folder)).toEqual([])
  } finally {
    bench.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
})
