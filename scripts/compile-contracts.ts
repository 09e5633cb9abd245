import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bindingPath, bindingText } from './contracts/bindings.ts'
import { type AbiEntry, type Compiled, compiledPath, KEPT_CONTRACTS } from './contracts/compiled.ts'
import { type CompilerMessage, enumsOf, offences, type SourceUnit } from './contracts/compiler-output.ts'

/**
 * Builds the contracts with Hardhat and keeps what the product needs at run time in `contracts/compiled/`, so that a start
 * needs no compiler, and the typed bindings for ethers beside the chain gateway. A compiler warning is an error. With
 * `--check` nothing is written: the exit code is 1 when a committed file is not what a fresh build gives.
 */
const root = fileURLToPath(new URL('..', import.meta.url))

type Artifact = { abi: readonly AbiEntry[]; bytecode: string; buildInfoId: string }
type BuildInfo = { solcLongVersion: string; input: { settings: Record<string, unknown> } }
type BuildOutput = {
  output: { errors?: readonly CompilerMessage[]; sources: Record<string, SourceUnit> }
}

/** Runs `hardhat build` from nothing; throws with the compiler's words when it fails or warns. */
export async function buildContracts(): Promise<void> {
  const hardhat = fileURLToPath(import.meta.resolve('hardhat')).replace(
    /dist\/src\/index\.js$/,
    'dist/src/cli.js',
  )
  await promisify(execFile)(process.execPath, [hardhat, 'build', '--force'], { cwd: root })
  for (const file of globSync('artifacts/build-info/*.output.json', { cwd: root })) {
    const { output } = await readJson<BuildOutput>(file)
    const found = offences(output.errors ?? [])
    if (found.length > 0) throw new Error(`The compiler warns:\n${found.join('\n')}`)
  }
}

/** What the last build says that the committed files should hold, by path. */
export async function freshTexts(): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  for (const kept of KEPT_CONTRACTS) {
    const compiled = await compiledOf(kept.name, kept.source)
    texts.set(compiledPath(kept), `${JSON.stringify(compiled, null, 2)}\n`)
    if (kept.isProduct) texts.set(bindingPath(kept.name), bindingText(compiled))
  }
  return texts
}

/** The committed text of a file; empty when there is none. */
export async function committedText(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8').catch(() => '')
}

async function compiledOf(name: string, source: string): Promise<Compiled> {
  const artifact = await readJson<Artifact>(`artifacts/contracts/${source}/${name}.json`)
  const build = await readJson<BuildInfo>(`artifacts/build-info/${artifact.buildInfoId}.json`)
  const { output } = await readJson<BuildOutput>(`artifacts/build-info/${artifact.buildInfoId}.output.json`)
  const { optimizer, evmVersion, metadata } = build.input.settings
  const enums = enumsOf(artifact.abi, Object.values(output.sources))
  return {
    contractName: name,
    compiler: { name: 'solc', version: build.solcLongVersion, settings: { optimizer, evmVersion, metadata } },
    abi: artifact.abi,
    ...(Object.keys(enums).length > 0 && { enums }),
    bytecode: artifact.bytecode,
  }
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(join(root, path), 'utf8')) as T
}

async function main(check: boolean): Promise<void> {
  await buildContracts()
  for (const [path, text] of await freshTexts()) {
    const same = text === (await committedText(path))
    if (check && !same) {
      console.error(`${path} is not what the sources give: run node scripts/compile-contracts.ts`)
      process.exitCode = 1
    }
    if (!check && !same) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
    console.log(`${path}: ${same ? 'unchanged' : check ? 'differs' : 'written'}`)
  }
}

if (import.meta.main) await main(process.argv.includes('--check'))
