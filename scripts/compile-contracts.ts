import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/**
 * Builds the contracts with Hardhat and keeps what the product needs at run time in `contracts/compiled/`, so that a start
 * needs no compiler. A compiler warning is an error. With `--check` nothing is written: the exit code is 1 when a
 * committed file is not what a fresh build gives.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const contractNames = ['PaymentLedger']

type Artifact = { abi: unknown; bytecode: string; buildInfoId: string }
type BuildInfo = { solcLongVersion: string; input: { settings: Record<string, unknown> } }

/** Runs `hardhat build` from nothing; throws with the compiler's words when it fails or warns. */
export async function buildContracts(): Promise<void> {
  const hardhat = fileURLToPath(import.meta.resolve('hardhat')).replace(
    /dist\/src\/index\.js$/,
    'dist/src/cli.js',
  )
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [hardhat, 'build', '--force'], {
    cwd: root,
  })
  if (/warning/i.test(stdout + stderr)) throw new Error(`The compiler warns:\n${stdout}${stderr}`)
}

/** The text of `contracts/compiled/NAME.json` as the last build gives it. */
export async function compiledText(name: string): Promise<string> {
  const artifact = await readJson<Artifact>(`artifacts/contracts/${name}.sol/${name}.json`)
  const build = await readJson<BuildInfo>(`artifacts/build-info/${artifact.buildInfoId}.json`)
  const { optimizer, evmVersion, metadata } = build.input.settings
  const compiled = {
    contractName: name,
    compiler: { name: 'solc', version: build.solcLongVersion, settings: { optimizer, evmVersion, metadata } },
    abi: artifact.abi,
    bytecode: artifact.bytecode,
  }
  return `${JSON.stringify(compiled, null, 2)}\n`
}

/** The committed text of `contracts/compiled/NAME.json`; empty when there is none. */
export async function committedText(name: string): Promise<string> {
  return readFile(`${root}contracts/compiled/${name}.json`, 'utf8').catch(() => '')
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(root + path, 'utf8')) as T
}

async function main(check: boolean): Promise<void> {
  await buildContracts()
  for (const name of contractNames) {
    const text = await compiledText(name)
    const same = text === (await committedText(name))
    if (check && !same) {
      console.error(
        `contracts/compiled/${name}.json is not what the sources give: run node scripts/compile-contracts.ts`,
      )
      process.exitCode = 1
    }
    if (!check) {
      await mkdir(`${root}contracts/compiled`, { recursive: true })
      await writeFile(`${root}contracts/compiled/${name}.json`, text)
    }
    console.log(`${name}: ${same ? 'unchanged' : check ? 'differs' : 'written'}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.includes('--check'))
