import {
  AbiCoder,
  computeAddress,
  concat,
  getCreateAddress,
  HDNodeWallet,
  hexlify,
  Interface,
  Mnemonic,
  SigningKey,
  Transaction,
} from 'ethers'
import compiled from '../../../contracts/compiled/PaymentLedger.json' with { type: 'json' }
import { isLocalChain } from './local-chain.ts'
import type { Fees, LedgerSigner, SignedTransaction } from './port.ts'

/** Seconds that a hand-over of the contract's admin role has to wait. */
const ADMIN_DELAY_SECONDS = 2 * 24 * 60 * 60
const DEPLOYMENT_GAS = 3_000_000n
/** Far above what an append takes; gas that is not used is not paid. */
const APPEND_GAS = { base: 120_000n, perEntry: 8_000n }
const ENTRY_LENGTH = 64
/** The mnemonic of hardhat and anvil, which everyone knows. */
const DEVELOPMENT_MNEMONIC = 'test test test test test test test test test test test junk'
const DEVELOPMENT_ACCOUNTS = 20

const ledgerInterface = new Interface(compiled.abi)

type Fields = { to: string | null; data: string; nonce: number; gasLimit: bigint; fees: Fees }

/** A signer for one chain. Throws when the key is a well-known development key and the chain is not a local one. */
export function createLedgerSigner(privateKey: string, chainId: bigint): LedgerSigner {
  const key = new SigningKey(privateKey)
  const address = computeAddress(key).toLowerCase()
  if (!isLocalChain(chainId) && isDevelopmentAccount(address))
    throw new Error(`LEDGER_WRITER_KEY is a well-known development key: it is refused on chain ${chainId}`)

  const sign = ({ fees, ...fields }: Fields): SignedTransaction => {
    const transaction = Transaction.from({ type: 2, chainId, value: 0n, ...fees, ...fields })
    transaction.signature = key.sign(transaction.unsignedHash)
    if (transaction.hash === null) throw new Error('a signed transaction has no hash')
    return { raw: transaction.serialized, hash: transaction.hash.toLowerCase() }
  }
  const deploymentData = concat([
    compiled.bytecode,
    AbiCoder.defaultAbiCoder().encode(
      ['uint48', 'address', 'address'],
      [ADMIN_DELAY_SECONDS, address, address],
    ),
  ])

  return {
    address,
    chainId,
    signAppend: ({ contract, expectedCount, entries, nonce, fees }) =>
      sign({
        to: contract,
        data: ledgerInterface.encodeFunctionData('append', [expectedCount, hexlify(entries)]),
        nonce,
        fees,
        gasLimit: APPEND_GAS.base + APPEND_GAS.perEntry * BigInt(entries.length / ENTRY_LENGTH),
      }),
    signDeployment: ({ nonce, fees }) => ({
      ...sign({ to: null, data: deploymentData, nonce, fees, gasLimit: DEPLOYMENT_GAS }),
      contract: getCreateAddress({ from: address, nonce }).toLowerCase(),
    }),
    isCurrentDeployment: (raw) => Transaction.from(raw).data === deploymentData,
    feesOf: (raw) => {
      const { maxFeePerGas, maxPriorityFeePerGas } = Transaction.from(raw)
      return { maxFeePerGas: maxFeePerGas ?? 0n, maxPriorityFeePerGas: maxPriorityFeePerGas ?? 0n }
    },
    signAgain: (raw, { nonce, fees }) => {
      const { to, data, gasLimit } = Transaction.from(raw)
      return sign({ to, data, gasLimit, nonce, fees })
    },
  }
}

function isDevelopmentAccount(address: string): boolean {
  const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(DEVELOPMENT_MNEMONIC), "m/44'/60'/0'/0")
  return Array.from({ length: DEVELOPMENT_ACCOUNTS }, (_, index) => root.deriveChild(index)).some(
    (account) => account.address.toLowerCase() === address,
  )
}
