import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { gasTable, measureGas } from '#scripts/bench-gas.ts'
import { buildContracts, committedText, freshTexts } from '#scripts/compile-contracts.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Runs a tool of this project with this Node; resolves with all it printed, rejects when it fails. */
async function run(script: string, args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [`${root}node_modules/${script}`, ...args],
    {
      cwd: root,
      maxBuffer: 16 * 1024 * 1024,
    },
  )
  return stdout + stderr
}

/** Fewer would mean that files were not found. */
const LEAST_SOLIDITY_TESTS = 280

describe('the contracts', { timeout: 240_000 }, () => {
  test('committed bytecode and bindings are what a fresh build gives, and the compiler does not warn', async () => {
    await buildContracts()
    for (const [path, text] of await freshTexts()) expect(await committedText(path), path).toBe(text)
  })

  test('their unit, fuzz and invariant tests pass', async () => {
    const output = await run('hardhat/dist/src/cli.js', ['test', 'solidity'])
    expect(Number(/(\d+) passing/.exec(output)?.[1])).toBeGreaterThanOrEqual(LEAST_SOLIDITY_TESTS)
    expect(output).not.toMatch(/failing/)
  })

  test('solhint has nothing to say about the contracts', async () => {
    const output = await run('solhint/solhint.js', ['--disc', '--max-warnings', '0', 'contracts/**/*.sol'])
    expect(output).not.toMatch(/warning|error/)
  })

  test('gas per appended entry stays within the goals', async () => {
    const rows = await measureGas()
    for (const row of rows) expect(row.gasPerEntry, gasTable(rows)).toBeLessThanOrEqual(row.goal)
  })
})
