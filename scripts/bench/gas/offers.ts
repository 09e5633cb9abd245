/** Terms of escrows and plans as suppliers offer them, signed as EIP-712 typed data by their wallets. */
import { type HDNodeWallet, Signature, ZeroAddress } from 'ethers'
import {
  TERMS_FIELDS as PLAN_FIELDS,
  type Terms as PlanTerms,
} from '#app/gateways/chain/bindings/installment-plan.ts'
import { type Offer, TERMS_FIELDS, type Terms } from '#app/gateways/chain/bindings/invoice-escrow.ts'
import { AMOUNT, type GasWorld, gasOf, limit } from './world.ts'

const DAY = 86_400n

/** Valid terms of one invoice without any of the optional ones. */
export async function escrowTerms(world: GasWorld, changes: Partial<Terms> = {}): Promise<Terms> {
  const now = await world.now()
  return {
    payer: world.payer.address,
    payee: world.payee.address,
    arbiter: world.arbiter.address,
    amount: AMOUNT,
    offerExpires: now + 3n * DAY,
    deliverBy: now + 30n * DAY,
    window: 7n * DAY,
    arbiterTimeout: 14n * DAY,
    defaultPayeeShareBps: 5_000n,
    deemedDelivered: false,
    settlementKey: world.newKey(),
    attestor: ZeroAddress,
    discountUntil: 0n,
    discountedAmount: 0n,
    agency: ZeroAddress,
    agencyShareBps: 0n,
    ...changes,
  }
}

/** The payee's signature over an escrow's terms. */
export async function signEscrow(world: GasWorld, terms: Terms, payee = world.payee): Promise<string> {
  const { chainId, escrowAddress } = world
  return payee.signTypedData(
    { name: 'Quittance InvoiceEscrow', version: '1', chainId, verifyingContract: escrowAddress },
    { Terms: TERMS_FIELDS },
    terms,
  )
}

/** Offers of several invoices, all of one payee or one of each of `payees`. */
export async function signedOffers(world: GasWorld, payees: readonly HDNodeWallet[]): Promise<Offer[]> {
  const offers: Offer[] = []
  for (const payee of payees) {
    const terms = await escrowTerms(world, { payee: payee.address })
    offers.push({ terms, payeeSignature: await signEscrow(world, terms, payee) })
  }
  return offers
}

/** Terms of an escrow that was funded. */
export async function fundedEscrow(world: GasWorld, changes: Partial<Terms> = {}): Promise<Terms> {
  const terms = await escrowTerms(world, changes)
  await gasOf(world.escrow(world.payer).fund(terms, await signEscrow(world, terms), limit))
  return terms
}

/** A monthly plan of twelve instalments whose first is due. */
export async function planTerms(world: GasWorld, changes: Partial<PlanTerms> = {}): Promise<PlanTerms> {
  const now = await world.now()
  return {
    payer: world.payer.address,
    payee: world.payee.address,
    each: 104_212_500n,
    last: 104_212_501n,
    start: now - 3_600n,
    period: 30n * DAY,
    count: 12n,
    grace: 5n * DAY,
    offerExpires: now + 3n * DAY,
    settlementKey: world.newKey(),
    ...changes,
  }
}

/** The payee's signature over a plan's terms. */
export async function signPlan(world: GasWorld, terms: PlanTerms): Promise<string> {
  const { chainId, planAddress } = world
  return world.payee.signTypedData(
    { name: 'Quittance InstallmentPlan', version: '1', chainId, verifyingContract: planAddress },
    { Terms: PLAN_FIELDS },
    terms,
  )
}

/** Terms of a plan that `payer` agreed to. */
export async function agreedPlan(
  world: GasWorld,
  payer = world.payer,
  changes: Partial<PlanTerms> = {},
): Promise<PlanTerms> {
  const terms = await planTerms(world, { payer: payer.address, ...changes })
  await gasOf(world.plan(payer).agree(terms, await signPlan(world, terms), limit))
  return terms
}

/** An EIP-3009 authorisation by the payer to the escrow, whose nonce is the escrow's id. */
export async function authorizeFunding(world: GasWorld, terms: Terms, id: string) {
  const { chainId, tokenAddress, tokenDomain } = world
  const value = {
    from: world.payer.address,
    to: world.escrowAddress,
    value: terms.amount,
    validAfter: 0n,
    validBefore: terms.offerExpires,
    nonce: id,
  }
  const types = [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ]
  const signed = await world.payer.signTypedData(
    { ...tokenDomain, chainId, verifyingContract: tokenAddress },
    { ReceiveWithAuthorization: types },
    value,
  )
  const { v, r, s } = Signature.from(signed)
  return { validAfter: value.validAfter, validBefore: value.validBefore, v: BigInt(v), r, s }
}

/** An EIP-2612 permit by `owner`, for the escrow. */
export async function signPermit(world: GasWorld, owner: HDNodeWallet, value: bigint, deadline: bigint) {
  const { chainId, tokenAddress, tokenDomain } = world
  const types = [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ]
  const signed = await owner.signTypedData(
    { ...tokenDomain, chainId, verifyingContract: tokenAddress },
    { Permit: types },
    {
      owner: owner.address,
      spender: world.escrowAddress,
      value,
      nonce: await world.token(owner).nonces(owner.address),
      deadline,
    },
  )
  const { v, r, s } = Signature.from(signed)
  return { v: BigInt(v), r, s }
}
