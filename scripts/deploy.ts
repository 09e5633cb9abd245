/**
 * npm run deploy: makes sure that the ledger contract stands on the configured chain. With `--network NAME_OR_URL`, all
 * contracts on a foreign chain, by a key from an encrypted keystore. Safe to run again at any time, either way.
 */
import { parseDeployEnv } from '#app/platform/env-schema.ts'
import { askPassword, openKeystore } from '#scripts/deploy/keystore.ts'
import { parseDeployOptions } from '#scripts/deploy/options.ts'

async function main(args: readonly string[]): Promise<void> {
  if (args.length === 0) {
    // Each way loads what it needs alone: this one all settings, a database among them, the other the deployment engine.
    const { deployToConfiguredChain } = await import('#scripts/deploy/configured-chain.ts')
    return deployToConfiguredChain()
  }
  const { deploymentFile, deployToForeignChain } = await import('#scripts/deploy/foreign-chain.ts')
  const options = parseDeployOptions(args)
  const { keystorePassword } = parseDeployEnv(process.env)
  const password = async (): Promise<string> =>
    keystorePassword ?? askPassword(`Password of ${options.keystoreFile}: `)
  const { chainId } = await deployToForeignChain({
    options,
    openKey: () => openKeystore(options.keystoreFile, password),
    say: console.log,
  })
  console.log(`Written to ${deploymentFile(options.folder, chainId)}`)
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
