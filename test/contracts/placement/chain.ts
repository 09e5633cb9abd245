/** PlacementRegistry on a chain in this process, and the calls of suppliers and agencies. */
import { getAddress, toBeHex } from 'ethers'
import { openInProcessChain, type View } from '#test/contracts/in-process-chain.ts'
import {
  ACCOUNTS,
  type Account,
  type Call,
  KEYS,
  type Key,
  type Party,
  type Placement,
  type PlacementStatus,
} from './model.ts'

/** A placement of the registry by its supplier and key. */
export type Place = { supplier: Account; key: Key }

export const PLACES: readonly Place[] = ACCOUNTS.flatMap((supplier) => KEYS.map((key) => ({ supplier, key })))

/** Deploys the registry on a fresh chain. */
export async function openPlacementChain() {
  const chain = await openInProcessChain()
  const [deployer = '', ...others] = chain.accounts
  const contract = await chain.deploy(deployer, 'PlacementRegistry', [])
  const addressOf = (party: Party): string => {
    if (party === 'nobody') return `0x${'0'.repeat(40)}`
    return party === 'contract' ? contract.at : getAddress(others[ACCOUNTS.indexOf(party)] ?? '')
  }
  const partyAt = (address: string): Party | undefined =>
    ([...ACCOUNTS, 'nobody', 'contract'] as const).find((party) => addressOf(party) === address)
  const keyOf = (key: Key): string => toBeHex(key + 1, 32)
  const views = PLACES.map(
    ({ supplier, key }): View => chain.viewer(contract, 'placementOf', [addressOf(supplier), keyOf(key)]),
  )
  const statuses = contract.enums['IPlacementRegistry.Status'] ?? []

  const encode = (call: Call): string => {
    const { abi } = contract
    const key = keyOf(call.key)
    switch (call.name) {
      case 'place':
        return abi.encodeFunctionData('place', [key, addressOf(call.agency), call.expires])
      case 'accept':
        return abi.encodeFunctionData('accept', [addressOf(call.supplier), key, call.expires])
      case 'giveBack':
      case 'expire':
        return abi.encodeFunctionData(call.name, [addressOf(call.supplier), key])
      default:
        return abi.encodeFunctionData(call.name, [key])
    }
  }
  return {
    abi: contract.abi,
    remember: chain.remember,
    /** Makes the call at this time; answers what the contract refused it with, else null. */
    make: async (call: Call, now: bigint): Promise<string | null> =>
      chain.send(addressOf(call.by), contract, encode(call), now),
    /** Every placement, in the order of {@link PLACES}. */
    placements: async (): Promise<(Omit<Placement, 'agency'> & { agency: Party | undefined })[]> =>
      Promise.all(
        views.map(async (view) => {
          const [seen] = (await view()) as [{ agency: string; expires: bigint; status: bigint }]
          const { agency, expires, status } = seen
          return { agency: partyAt(agency), expires, status: statuses[Number(status)] as PlacementStatus }
        }),
      ),
  }
}
