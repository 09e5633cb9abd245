/** The writes to the processor that are stored as attempts, by the name that their idempotency keys begin with. */
export const CREATE_CHECKOUT = 'checkout.sessions.create'
export const EXPIRE_CHECKOUT = 'checkout.sessions.expire'
export const CREATE_CHARGE = 'payment_intents.create'

/** The writes by which a payment begins: one of them is its first attempt. */
export const OPENING_OPERATIONS: readonly string[] = [CREATE_CHECKOUT, CREATE_CHARGE]

export const CREATE_REFUND = 'refunds.create'
export const SUBMIT_EVIDENCE = 'disputes.update'
export const ACCEPT_CHARGEBACK = 'disputes.close'

/** The writes about a payment that has settled; the others are moot once their payment has ended. */
export const LATE_OPERATIONS: readonly string[] = [CREATE_REFUND, SUBMIT_EVIDENCE, ACCEPT_CHARGEBACK]
