/** Reads back from the chain what was deployed and says what is not as intended: one sentence for each. */
import { type JsonRpcProvider, type Log, ZeroAddress, ZeroHash } from 'ethers'
import { installmentPlan } from '#app/gateways/chain/bindings/installment-plan.ts'
import { invoiceEscrow } from '#app/gateways/chain/bindings/invoice-escrow.ts'
import { paymentLedger } from '#app/gateways/chain/bindings/payment-ledger.ts'
import { ADMIN_DELAY_SECONDS } from '#scripts/contracts/ignition.ts'

export type IntendedRoles = { admin: string; writer: string; deployer: string }

/**
 * The ledger's roles: `admin` alone administers, after the delay, with no hand-over under way; `writer` alone writes; the
 * deployer holds nothing. Who ever got a role is read from the contract's log, so that a holder nobody thought of is found.
 */
export async function checkLedger(
  provider: JsonRpcProvider,
  address: string,
  fromBlock: bigint,
  { admin, writer, deployer }: IntendedRoles,
): Promise<string[]> {
  const ledger = paymentLedger.at(address, provider)
  const writerRole = await ledger.WRITER_ROLE()
  const pendingAdmin = await ledger.pendingDefaultAdmin()
  const pendingDelay = await ledger.pendingDefaultAdminDelay()
  const holders = await roleHolders(provider, address, fromBlock)
  const intended = [`${ZeroHash} ${admin}`, `${writerRole} ${writer}`].map((each) => each.toLowerCase())
  return problems([
    [same(await ledger.defaultAdmin(), admin), 'the admin is another account'],
    [(await ledger.defaultAdminDelay()) === BigInt(ADMIN_DELAY_SECONDS), 'the hand-over delay is another'],
    [same(pendingAdmin.newAdmin, ZeroAddress), 'a hand-over of the admin role is under way'],
    [pendingDelay.schedule === 0n, 'a change of the hand-over delay is under way'],
    [await ledger.hasRole(writerRole, writer), 'the writer may not write'],
    [(await ledger.getRoleAdmin(writerRole)) === ZeroHash, 'the writers are admitted by another role'],
    [!(await ledger.hasRole(ZeroHash, deployer)), 'the deployer may administer'],
    [!(await ledger.hasRole(writerRole, deployer)), 'the deployer may write'],
    [
      holders.size === intended.length && intended.every((each) => holders.has(each)),
      `the roles are held by others than intended: ${[...holders].join('; ')}`,
    ],
  ]).map((problem) => `PaymentLedger ${address}: ${problem}`)
}

/** Escrow and plan serve the token, and their signatures are bound to this chain and to their own addresses. */
export async function checkSettlement(
  provider: JsonRpcProvider,
  { token, escrow, plan, chainId }: { token: string; escrow: string; plan: string; chainId: bigint },
): Promise<string[]> {
  const found: string[] = []
  for (const [name, contract, address] of [
    ['InvoiceEscrow', invoiceEscrow.at(escrow, provider), escrow],
    ['InstallmentPlan', installmentPlan.at(plan, provider), plan],
  ] as const) {
    const domain = await contract.eip712Domain()
    found.push(
      ...problems([
        [same(await contract.token(), token), 'the token is another'],
        [
          domain.name === `Quittance ${name}` && domain.version === '1',
          'the signing domain has another name',
        ],
        [domain.chainId === chainId, 'signatures are bound to another chain'],
        [same(domain.verifyingContract, address), 'signatures are bound to another contract'],
      ]).map((problem) => `${name} ${address}: ${problem}`),
    )
  }
  return found
}

/** Every `role account` that the contract's log says was granted and not revoked since, in lower case. */
async function roleHolders(
  provider: JsonRpcProvider,
  address: string,
  fromBlock: bigint,
): Promise<Set<string>> {
  const topics = [[paymentLedger.topicOf('RoleGranted'), paymentLedger.topicOf('RoleRevoked')]]
  const logs: Log[] = await provider.getLogs({ address, fromBlock, toBlock: 'latest', topics })
  const holders = new Set<string>()
  for (const log of logs) {
    const event = paymentLedger.parseLog(log)
    if (event?.name !== 'RoleGranted' && event?.name !== 'RoleRevoked') continue
    const holder = `${event.args.role} ${event.args.account}`.toLowerCase()
    if (event.name === 'RoleGranted') holders.add(holder)
    else holders.delete(holder)
  }
  return holders
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
const problems = (claims: readonly (readonly [isTrue: boolean, otherwise: string])[]): string[] =>
  claims.filter(([isTrue]) => !isTrue).map(([, otherwise]) => otherwise)
