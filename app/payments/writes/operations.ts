/** The writes to the processor that are stored as attempts, by the name that their idempotency keys begin with. */
export const CREATE_CHECKOUT = 'checkout.sessions.create'
export const EXPIRE_CHECKOUT = 'checkout.sessions.expire'
export const CREATE_CHARGE = 'payment_intents.create'

/** The writes by which a payment begins: one of them is its first attempt. */
export const OPENING_OPERATIONS: readonly string[] = [CREATE_CHECKOUT, CREATE_CHARGE]
