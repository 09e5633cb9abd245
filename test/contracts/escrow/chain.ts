/** The contract under test on a chain in this process, and the calls of its parties. */
import { Signature, TypedDataEncoder, type TypedDataField, Wallet } from 'ethers'
import { openInProcessChain } from '#test/contracts/in-process-chain.ts'
import type { Call, ModelTerms, Party } from './model.ts'

const TYPES: Record<string, TypedDataField[]> = {
  Terms: [
    ['address', 'payer'],
    ['address', 'payee'],
    ['address', 'arbiter'],
    ['uint96', 'amount'],
    ['uint40', 'offerExpires'],
    ['uint40', 'deliverBy'],
    ['uint32', 'window'],
    ['uint32', 'arbiterTimeout'],
    ['uint16', 'defaultPayeeShareBps'],
    ['bool', 'deemedDelivered'],
    ['bytes32', 'settlementKey'],
    ['address', 'attestor'],
    ['uint40', 'discountUntil'],
    ['uint96', 'discountedAmount'],
    ['address', 'agency'],
    ['uint16', 'agencyShareBps'],
  ].map(([type = '', name = '']) => ({ type, name })),
}
const DELIVERY = {
  Delivery: [
    { name: 'id', type: 'bytes32' },
    { name: 'evidence', type: 'bytes32' },
  ],
}
const NOBODY = `0x${'0'.repeat(40)}`
const NO_EVIDENCE = `0x${'0'.repeat(64)}`
const STATUSES = [
  'None',
  'Funded',
  'Delivered',
  'Disputed',
  'Released',
  'Refunded',
  'Ruled',
  'Cancelled',
] as const

/** One set of terms as the contract takes it, signed by the payee. */
export type SignedTerms = { id: string; values: unknown[]; signature: string; attestation: string }

export type EscrowChain = Awaited<ReturnType<typeof openEscrowChain>>

/** Deploys token and escrow on a fresh chain in this process; the payer has money and has allowed the escrow to take it. */
export async function openEscrowChain(purse: bigint) {
  const chain = await openInProcessChain()
  const payee = new Wallet(`0x${'b0'.repeat(32)}`)
  const attestor = new Wallet(`0x${'a7'.repeat(32)}`)
  const [deployer = '', payer = '', arbiter = '', agency = '', stranger = ''] = chain.accounts
  const address: Record<Party, string> = { payer, payee: payee.address, arbiter, agency, stranger }
  await chain.adopt(payee.address)

  const token = await chain.deploy(deployer, 'DemoDollar', [])
  const escrow = await chain.deploy(deployer, 'InvoiceEscrow', [token.at])
  for (let left = purse; left > 0n; left -= 1_000_000_000_000n) {
    const part = left < 1_000_000_000_000n ? left : 1_000_000_000_000n
    await chain.send(payer, token, token.abi.encodeFunctionData('tap', [part]))
  }
  await chain.send(payer, token, token.abi.encodeFunctionData('approve', [escrow.at, 2n ** 256n - 1n]))
  const { chainId } = chain
  const domain = { name: 'Quittance InvoiceEscrow', version: '1', chainId, verifyingContract: escrow.at }

  const sign = async (terms: ModelTerms, key: string): Promise<SignedTerms> => {
    const value = {
      ...terms,
      ...address,
      settlementKey: key,
      attestor: terms.hasAttestor ? attestor.address : NOBODY,
      agency: terms.agencyShareBps === 0n ? NOBODY : address.agency,
    }
    const id = TypedDataEncoder.hash(domain, TYPES, pickFields(value))
    const attested = TypedDataEncoder.hash(domain, DELIVERY, { id, evidence: NO_EVIDENCE })
    return {
      id,
      values: Object.values(pickFields(value)),
      signature: payee.signingKey.sign(id).serialized,
      attestation: Signature.from(attestor.signingKey.sign(attested)).serialized,
    }
  }
  const encode = (call: Call, { values, signature, attestation }: SignedTerms): string => {
    const { abi } = escrow
    switch (call.name) {
      case 'fund':
        return abi.encodeFunctionData('fund', [values, signature])
      case 'markDeliveredAttested': {
        const given = call.isGenuine ? attestation : signature
        return abi.encodeFunctionData('markDeliveredAttested', [values, NO_EVIDENCE, given])
      }
      case 'release':
      case 'refund':
      case 'dispute':
        return abi.encodeFunctionData(call.name, [values, call.amount])
      case 'offerSettlement':
      case 'acceptSettlement':
      case 'rule':
        return abi.encodeFunctionData(call.name, [values, call.toPayee, call.toPayer])
      case 'releaseMany':
        return abi.encodeFunctionData('releaseMany', [[values]])
      default:
        return abi.encodeFunctionData(call.name, [values])
    }
  }
  return {
    sign,
    abi: escrow.abi,
    now: chain.now,
    /** Makes the call at this time; answers what the contract refused it with, else null. */
    make: async (call: Call, terms: SignedTerms, now: bigint): Promise<string | null> =>
      chain.send(address[call.by], escrow, encode(call, terms), now),
    balances: async () => {
      const of = async (account: string): Promise<bigint> =>
        (await chain.viewer(token, 'balanceOf', [account])())[0] as bigint
      return {
        payer: await of(address.payer),
        payee: await of(address.payee),
        agency: await of(address.agency),
        escrow: await of(escrow.at),
      }
    },
    state: async ({ values }: SignedTerms) => {
      const [state] = (await chain.viewer(escrow, 'stateOf', [values])()) as [Record<string, bigint>]
      const { status = 0n, remaining = 0n, released = 0n, disputed = 0n } = state
      return { status: STATUSES[Number(status)], remaining, released, disputed }
    },
    idOf: async ({ values }: SignedTerms) => (await chain.viewer(escrow, 'termsId', [values])())[0] as string,
  }
}

function pickFields(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries((TYPES.Terms ?? []).map(({ name }) => [name, value[name]]))
}
