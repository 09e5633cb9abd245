/** Every operation of the gas table, each measured once as it happens in steady state, from the receipt of its transaction. */
import type { Pull } from '#app/gateways/chain/bindings/installment-plan.ts'
import type { Terms } from '#app/gateways/chain/bindings/invoice-escrow.ts'
import type { Operation } from './goals.ts'
import {
  agreedPlan,
  authorizeFunding,
  escrowTerms,
  fundedEscrow,
  planTerms,
  signEscrow,
  signedOffers,
  signPermit,
  signPlan,
} from './offers.ts'
import { AMOUNT, type GasWorld, gasOf, inWorld, limit, type TokenKind } from './world.ts'

export type Measured = Readonly<Record<Operation, number>>
export type Bare = { transfer: number; transferFrom: number; permit: number }

const PART = 417_183_333n
const SIX_WEEKS = 42 * 86_400

/** Gas of each operation with a token; of a batch, the share of each item, rounded up. */
export async function measureSettlement(kind: TokenKind): Promise<Measured> {
  return inWorld(kind, async (world) => {
    // A first escrow, so that the contract holds a balance before and after all that is measured.
    await fundedEscrow(world)
    const measured: Partial<Record<Operation, number>> = {}
    for (const [operation, measure] of Object.entries(SCENARIOS)) {
      measured[operation as Operation] = await measure(world)
    }
    return measured as Measured
  })
}

/** Gas of a token's own transactions. The permit is its owner's first, to a spender that had no allowance. */
export async function measureBare(kind: TokenKind): Promise<Bare> {
  return inWorld(kind, async (world) => {
    const { payer, payee, keeper } = world
    await gasOf(world.token(payer).approve(keeper.address, 10n * AMOUNT, limit))
    const deadline = (await world.now()) + 86_400n
    const { v, r, s } = await signPermit(world, keeper, AMOUNT, deadline)
    return {
      transfer: await gasOf(world.token(payer).transfer(payee.address, AMOUNT, limit)),
      transferFrom: await gasOf(
        world.token(keeper).transferFrom(payer.address, payee.address, AMOUNT, limit),
      ),
      permit: await gasOf(
        world.token(payer).permit(keeper.address, world.escrowAddress, AMOUNT, deadline, v, r, s, limit),
      ),
    }
  })
}

const SCENARIOS: Readonly<Record<Operation, (world: GasWorld) => Promise<number>>> = {
  fund: async (world) => {
    const terms = await escrowTerms(world)
    return gasOf(world.escrow(world.payer).fund(terms, await signEscrow(world, terms), limit))
  },
  fundRelayed: async (world) => {
    const terms = await escrowTerms(world)
    const id = await world.escrow(world.payer).termsId(terms)
    const authorization = await authorizeFunding(world, terms, id)
    const signature = await signEscrow(world, terms)
    return gasOf(world.escrow(world.keeper).fundWithAuthorization(terms, signature, authorization, limit))
  },
  fundMany: async (world) => {
    const offers = await signedOffers(
      world,
      world.suppliers.map(() => world.payee),
    )
    return each(offers.length, await gasOf(world.escrow(world.payer).fundMany(offers, limit)))
  },
  releaseFull: async (world) => {
    const terms = await fundedEscrow(world)
    return gasOf(world.escrow(world.payer).release(terms, AMOUNT, limit))
  },
  releasePart: async (world) => {
    const terms = await fundedEscrow(world)
    return gasOf(world.escrow(world.payer).release(terms, PART, limit))
  },
  releaseManyOnePayee: async (world) => {
    const terms = await fundedMany(
      world,
      world.suppliers.map(() => world.payee),
    )
    return each(terms.length, await gasOf(world.escrow(world.payer).releaseMany(terms, limit)))
  },
  releaseManyPayees: async (world) => {
    const terms = await fundedMany(world, world.suppliers)
    return each(terms.length, await gasOf(world.escrow(world.payer).releaseMany(terms, limit)))
  },
  disputeWhole: async (world) => {
    const terms = await fundedEscrow(world)
    return gasOf(world.escrow(world.payer).dispute(terms, AMOUNT, limit))
  },
  disputePart: async (world) => {
    const terms = await fundedEscrow(world)
    return gasOf(world.escrow(world.payer).dispute(terms, PART, limit))
  },
  rule: async (world) => {
    const terms = await fundedEscrow(world)
    await gasOf(world.escrow(world.payer).dispute(terms, AMOUNT, limit))
    return gasOf(world.escrow(world.arbiter).rule(terms, PART, AMOUNT - PART, limit))
  },
  refund: async (world) => {
    const terms = await fundedEscrow(world)
    return gasOf(world.escrow(world.payee).refund(terms, AMOUNT, limit))
  },
  agree: async (world) => {
    const terms = await planTerms(world)
    return gasOf(world.plan(world.payer).agree(terms, await signPlan(world, terms), limit))
  },
  pull: async (world) => {
    const terms = await agreedPlan(world)
    return gasOf(world.plan(world.keeper).pull(terms, 1n, limit))
  },
  pullMany: async (world) => {
    const pulls: Pull[] = []
    for (const buyer of world.buyers) pulls.push({ terms: await agreedPlan(world, buyer), instalments: 1n })
    const pulled = await world.plan(world.keeper).pullMany.staticCall(pulls, limit)
    if (pulled.includes(false)) throw new Error('a pull of the batch would be skipped')
    return each(pulls.length, await gasOf(world.plan(world.keeper).pullMany(pulls, limit)))
  },
  markDefault: async (world) => {
    const [buyer = world.payer] = world.buyers
    const terms = await agreedPlan(world, buyer)
    await gasOf(world.token(buyer).approve(world.planAddress, 0n, limit))
    await world.wait(SIX_WEEKS)
    return gasOf(world.plan(world.payee).markDefault(terms, limit))
  },
  pay: async (world) => gasOf(world.escrow(world.payer).pay(directPayment(world), limit)),
  payMany: async (world) => {
    const payments = Array.from({ length: 10 }, () => directPayment(world))
    return each(payments.length, await gasOf(world.escrow(world.payer).payMany(payments, limit)))
  },
}

const each = (count: number, gas: number): number => Math.ceil(gas / count)

const directPayment = (world: GasWorld) => ({
  payee: world.payee.address,
  amount: AMOUNT,
  settlementKey: world.newKey(),
})

async function fundedMany(world: GasWorld, payees: GasWorld['suppliers']): Promise<Terms[]> {
  const offers = await signedOffers(world, payees)
  await gasOf(world.escrow(world.payer).fundMany(offers, limit))
  return offers.map((offer) => offer.terms)
}
