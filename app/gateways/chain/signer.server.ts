import {
  AbiCoder,
  computeAddress,
  concat,
  dataLength,
  dataSlice,
  getAddress,
  getCreateAddress,
  hexlify,
  Interface,
  SigningKey,
  Transaction,
} from 'ethers'
import compiled from '#contracts/compiled/PaymentLedger.json' with { type: 'json' }
import { isDevelopmentAccount } from './development-accounts.ts'
import { isLocalChain } from './local-chain.ts'
import type { Fees, LedgerSigner, SignedTransaction } from './port.ts'

/** Seconds that a hand-over of the contract's admin role has to wait. */
const ADMIN_DELAY_SECONDS = 2 * 24 * 60 * 60
const DEPLOYMENT_GAS = 3_000_000n
/** Far above what an append takes; gas that is not used is not paid. */
const APPEND_GAS = { base: 120_000n, perEntry: 8_000n }
const ENTRY_LENGTH = 64
/** Bytes of one constructor argument. */
const WORD_LENGTH = 32

const ledgerInterface = new Interface(compiled.abi)

type Fields = { to: string | null; data: string; nonce: number; gasLimit: bigint; fees: Fees }

/**
 * A signer for one chain. Elsewhere than on a development chain, throws when the key is a well-known development key, or
 * when a contract deployed by it would have the writer for its admin: a leaked key could then not be shut out.
 */
export function createLedgerSigner(
  privateKey: string,
  chainId: bigint,
  adminAddress?: string | undefined,
): LedgerSigner {
  const key = new SigningKey(privateKey)
  const address = computeAddress(key).toLowerCase()
  if (!isLocalChain(chainId) && isDevelopmentAccount(address))
    throw new Error(`LEDGER_WRITER_KEY is a well-known development key: it is refused on chain ${chainId}`)

  const admin = getAddress(adminAddress ?? address)
  if (!isLocalChain(chainId) && admin.toLowerCase() === address)
    throw new Error(
      `LEDGER_ADMIN_ADDRESS must be set on chain ${chainId}, to another account than that of LEDGER_WRITER_KEY`,
    )

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
      [ADMIN_DELAY_SECONDS, admin, address],
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
    isCurrentDeployment: (raw) => withoutAdmin(Transaction.from(raw).data) === withoutAdmin(deploymentData),
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

/** Deployment data as it is for every admin: that role can be handed over later, which makes no other contract. */
function withoutAdmin(data: string): string {
  const delayEnd = dataLength(compiled.bytecode) + WORD_LENGTH
  return dataLength(data) < delayEnd + WORD_LENGTH
    ? data
    : concat([dataSlice(data, 0, delayEnd), dataSlice(data, delayEnd + WORD_LENGTH)])
}
