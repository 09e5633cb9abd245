/** The calls that the contract offers, in the words of the model, and what they may change. */
import type { Plan } from './instalments.ts'
import type { Account, Token } from './token-model.ts'

export type World = { plans: Plan[]; token: Token }

/** What is handed in as a party's signature; only `own` is one of these terms. */
export const SIGNATURES = ['own', 'ofAnother', 'forAnotherPlan', 'highS', 'none'] as const
export type SignatureKind = (typeof SIGNATURES)[number]

/** A call that the contract offers, in the words of the model. Plans are named by their place in the world. */
export type Call =
  | { name: 'agree'; by: Account; plan: number; payeeSigns: SignatureKind }
  | { name: 'agreeSigned'; by: Account; plan: number; payerSigns: SignatureKind; payeeSigns: SignatureKind }
  | { name: 'cancelOffer' | 'cancel' | 'markDefault'; by: Account; plan: number }
  | { name: 'pull'; by: Account; plan: number; instalments: number }
  | { name: 'payEarly' | 'markSettled'; by: Account; plan: number; paidBefore: number; instalments: number }
  | { name: 'pullMany'; by: Account; pulls: readonly { plan: number; instalments: number }[] }

/** What a call answers: for each plan whether it was pulled, whether a plan is now in default, or nothing. */
export type Answer = boolean[] | boolean | null

export function planAt(world: World, index: number): Plan {
  const plan = world.plans[index]
  if (plan === undefined) throw new Error(`there is no plan ${index}`)
  return plan
}
