/** Types of movement that are a cost and nothing else: the whole of it is what the processor keeps. */
export const COST_TYPES: readonly string[] = ['stripe_fee', 'stripe_fx_fee', 'tax_fee', 'network_cost']

/** What the processor kept with one movement; negative when it gave something back. */
export function costOf(movement: {
  readonly type: string
  readonly feeMinor: bigint
  readonly netMinor: bigint
}): bigint {
  return COST_TYPES.includes(movement.type) ? -movement.netMinor : movement.feeMinor
}
