/** InstallmentPlan on a chain in this process, with a token that can be told to fail, and the calls of the parties. */
import {
  type Interface,
  type Signature,
  TypedDataEncoder,
  type TypedDataField,
  toBeHex,
  Wallet,
} from 'ethers'
import { type Deployed, openInProcessChain, type View } from '#test/contracts/in-process-chain.ts'
import type { Answer, Call, SignatureKind } from './calls.ts'
import type { Party, PlanTerms, Standing } from './instalments.ts'
import { ACCOUNTS, type Account, type Token, type TokenEvent } from './token-model.ts'

const FIELDS: TypedDataField[] = [
  ['address', 'payer'],
  ['address', 'payee'],
  ['uint96', 'each'],
  ['uint96', 'last'],
  ['uint40', 'start'],
  ['uint32', 'period'],
  ['uint16', 'count'],
  ['uint32', 'grace'],
  ['uint40', 'offerExpires'],
  ['bytes32', 'settlementKey'],
].map(([type = '', name = '']) => ({ type, name }))

/** Order of the curve: `s` and this less `s` sign the same, and only the lower of the two may be used. */
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** A plan's terms as the contract takes them. */
export type PlanOnChain = { id: string; terms: PlanTerms; values: unknown[]; standing: View }

export type PlanChain = Awaited<ReturnType<typeof openPlanChain>>

/** Deploys token and plan contract on a fresh chain; every account has this much, and allows the contract as much. */
export async function openPlanChain(purse: bigint) {
  const chain = await openInProcessChain()
  const wallets = perAccount((account) => new Wallet(toBeHex(ACCOUNTS.indexOf(account) + 1, 32)))
  const [deployer = ''] = chain.accounts
  const token = await chain.deploy(deployer, 'HostileToken', [])
  const contract = await chain.deploy(deployer, 'InstallmentPlan', [token.at])

  const doEvent = async (event: TokenEvent, at?: bigint): Promise<void> => {
    const from = 'account' in event ? wallets[event.account].address : deployer
    const refusal = await chain.send(from, token, encodeEvent(event, from, token, contract.at), at)
    if (refusal !== null) throw new Error(`the token refused ${event.name}: ${refusal}`)
  }
  for (const account of ACCOUNTS) {
    await chain.adopt(wallets[account].address)
    await doEvent({ name: 'tap', account, amount: purse })
    await doEvent({ name: 'approve', account, amount: purse })
  }

  const addressOf = (party: Party): string => {
    if (party === 'nobody') return `0x${'0'.repeat(40)}`
    return party === 'contract' ? contract.at : wallets[party].address
  }
  const encode = (call: Call, plans: readonly PlanOnChain[]): string =>
    encodeCall(contract.abi, call, plans, (party, kind, id, otherId) =>
      signAs(wallets, party, kind, id, otherId),
    )
  const domain = {
    name: 'Quittance InstallmentPlan',
    version: '1',
    chainId: chain.chainId,
    verifyingContract: contract.at,
  }
  const balanceOf = (address: string): View => chain.viewer(token, 'balanceOf', [address])
  const viewEach = (toView: (address: string) => View): Record<Account, View> =>
    perAccount((account) => toView(wallets[account].address))
  const balances = { ...viewEach(balanceOf), contract: balanceOf(contract.at) }
  const allowances = viewEach((owner) => chain.viewer(token, 'allowance', [owner, contract.at]))

  return {
    abi: contract.abi,
    remember: chain.remember,
    doEvent,
    /** Writes terms as the contract takes them, under a key of their own. */
    write: (terms: PlanTerms, key: number): PlanOnChain => {
      const value: Record<string, unknown> = {
        ...terms,
        payer: addressOf(terms.payer),
        payee: addressOf(terms.payee),
        settlementKey: toBeHex(key, 32),
      }
      const id = TypedDataEncoder.hash(domain, { Terms: FIELDS }, value)
      const values = FIELDS.map(({ name }) => value[name])
      return { id, terms, values, standing: chain.viewer(contract, 'standingOf', [values]) }
    },
    idOf: async ({ values }: PlanOnChain) => (await chain.viewer(contract, 'termsId', [values])())[0],
    servesToken: async (): Promise<boolean> => (await chain.viewer(contract, 'token', [])())[0] === token.at,
    /** Makes the call at this time; answers what the contract refused it with, else null. */
    make: async (call: Call, plans: readonly PlanOnChain[], now: bigint): Promise<string | null> =>
      chain.send(wallets[call.by].address, contract, encode(call, plans), now),
    /** What the call would answer at this time, or what it would be refused with. */
    ask: async (call: Call, plans: readonly PlanOnChain[], now: bigint): Promise<Answer | string> => {
      const data = encode(call, plans)
      const answer = await chain.ask(wallets[call.by].address, contract, call.name, data, now)
      if (typeof answer === 'string') return answer
      const [told = null] = answer
      return Array.isArray(told) ? [...told] : (told as boolean | null)
    },
    balances: async (): Promise<Token['balances']> => wordsOf(balances),
    allowances: async (): Promise<Token['allowances']> => wordsOf(allowances),
    standing: async (plan: PlanOnChain): Promise<Standing> => {
      const [standing] = (await plan.standing()) as [Record<string, bigint>]
      const { status = 0n, paid = 0n, due = 0n, missed = 0n, overdueAmount = 0n } = standing
      const statuses = contract.enums['IInstallmentPlan.Status'] ?? []
      return {
        status: statuses[Number(status)] as Standing['status'],
        paid: Number(paid),
        due: Number(due),
        missed: Number(missed),
        overdueAmount,
      }
    },
  }
}

type Sign = (party: Party, kind: SignatureKind, id: string, otherId: string) => string

function encodeCall(abi: Interface, call: Call, plans: readonly PlanOnChain[], sign: Sign): string {
  if (call.name === 'pullMany') {
    const pulls = call.pulls.map(({ plan, instalments }) => [planAt(plans, plan).values, instalments])
    return abi.encodeFunctionData('pullMany', [pulls])
  }
  const { id, terms, values } = planAt(plans, call.plan)
  const otherId = planAt(plans, (call.plan + 1) % plans.length).id
  switch (call.name) {
    case 'agree':
      return abi.encodeFunctionData('agree', [values, sign(terms.payee, call.payeeSigns, id, otherId)])
    case 'agreeSigned':
      return abi.encodeFunctionData('agreeSigned', [
        values,
        sign(terms.payer, call.payerSigns, id, otherId),
        sign(terms.payee, call.payeeSigns, id, otherId),
      ])
    case 'pull':
      return abi.encodeFunctionData('pull', [values, call.instalments])
    case 'payEarly':
    case 'markSettled':
      return abi.encodeFunctionData(call.name, [values, call.paidBefore, call.instalments])
    default:
      return abi.encodeFunctionData(call.name, [values])
  }
}

/** What is handed in as a party's signature under these terms, of which `id` is the digest. */
function signAs(
  wallets: Record<Account, Wallet>,
  party: Party,
  kind: SignatureKind,
  id: string,
  otherId: string,
): string {
  const signer = party === 'nobody' || party === 'contract' ? 'stranger' : party
  const other = ACCOUNTS[(ACCOUNTS.indexOf(signer) + 1) % ACCOUNTS.length] ?? signer
  switch (kind) {
    case 'none':
      return '0x'
    case 'ofAnother':
      return wallets[other].signingKey.sign(id).serialized
    case 'forAnotherPlan':
      return wallets[signer].signingKey.sign(otherId).serialized
    case 'highS':
      return withHighS(wallets[signer].signingKey.sign(id))
    case 'own':
      return wallets[signer].signingKey.sign(id).serialized
  }
}

function encodeEvent(event: TokenEvent, from: string, token: Deployed, spender: string): string {
  const { abi, enums } = token
  switch (event.name) {
    case 'tap':
      return abi.encodeFunctionData('tap', [event.amount])
    case 'approve':
      return abi.encodeFunctionData('approve', [spender, event.amount])
    case 'shrink':
      return abi.encodeFunctionData('shrink', [from, event.amount])
    case 'setBlocked':
      return abi.encodeFunctionData('setBlocked', [from, event.isBlocked])
    case 'setManner': {
      const manners = enums['HostileToken.Manner'] ?? []
      return abi.encodeFunctionData('setManner', [manners.indexOf(event.manner)])
    }
  }
}

function planAt(plans: readonly PlanOnChain[], index: number): PlanOnChain {
  const plan = plans[index]
  if (plan === undefined) throw new Error(`there is no plan ${index}`)
  return plan
}

function perAccount<T>(make: (account: Account) => T): Record<Account, T> {
  const [alice, bob, carol, stranger] = ACCOUNTS.map(make) as [T, T, T, T]
  return { alice, bob, carol, stranger }
}

/** What each of these views answers, a number each. */
async function wordsOf<K extends string>(views: Record<K, View>): Promise<Record<K, bigint>> {
  const words = Object.entries<View>(views).map(async ([name, view]): Promise<[string, bigint]> => {
    const [word] = (await view()) as [bigint]
    return [name, word]
  })
  return Object.fromEntries(await Promise.all(words)) as Record<K, bigint>
}

function withHighS({ r, s, v }: Signature): string {
  const high = toBeHex(CURVE_ORDER - BigInt(s), 32)
  return `${r}${high.slice(2)}${v === 27 ? '1c' : '1b'}`
}
