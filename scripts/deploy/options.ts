/** The command line of a deployment to a foreign chain. */
import { parseArgs } from 'node:util'
import { getAddress, isAddress } from 'ethers'
import { findNetwork, type TargetNetwork } from './networks.ts'

export type DeployOptions = {
  network: TargetNetwork
  keystoreFile: string
  /** Who may admit and remove writers of the ledger. */
  admin: string
  /** First writer of the ledger. */
  writer: string
  /** Each gets an escrow and an instalment contract of its own. */
  tokens: readonly string[]
  /** Blocks on top of a transaction until it counts. */
  confirmations: number
  /** Where the journal and the result are kept. */
  folder: string
}

export const USAGE = `npm run deploy -- --network NAME_OR_URL --keystore FILE --admin ADDRESS --writer ADDRESS
  [--token ADDRESS]…       a vetted stablecoin; each gets an InvoiceEscrow and an InstallmentPlan
  [--confirmations N]      blocks until a transaction counts (5)
  [--folder PATH]          where journal and result are kept (deployments)`

/** Reads the options; throws with the usage when one is missing or is not what it should be. */
export function parseDeployOptions(args: readonly string[]): DeployOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      network: { type: 'string' },
      keystore: { type: 'string' },
      admin: { type: 'string' },
      writer: { type: 'string' },
      token: { type: 'string', multiple: true, default: [] },
      confirmations: { type: 'string', default: '5' },
      folder: { type: 'string', default: 'deployments' },
    },
  })
  const tokens = values.token.map((token) => addressOf('token', token))
  if (new Set(tokens).size !== tokens.length) throw new Error('--token names the same token twice')
  if (!/^[1-9]\d{0,3}$/.test(values.confirmations))
    throw new Error('--confirmations must be a number from 1 to 9999')
  return {
    network: findNetwork(required('network', values.network)),
    keystoreFile: required('keystore', values.keystore),
    admin: addressOf('admin', values.admin),
    writer: addressOf('writer', values.writer),
    tokens,
    confirmations: Number(values.confirmations),
    folder: values.folder,
  }
}

function required(name: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new Error(`--${name} is missing\n\n${USAGE}`)
  return value
}

/** An address with its checksum. A mistyped one with mixed case is refused; zero is nobody's. */
function addressOf(name: string, value: string | undefined): string {
  const given = required(name, value)
  if (!isAddress(given) || BigInt(given) === 0n) throw new Error(`--${name} ${given} is not an address`)
  return getAddress(given)
}
