import { createHmac } from 'node:crypto'

/**
 * The `Stripe-Signature` header of a delivery.
 * @param timestamp real Unix seconds: receivers compare it with their own clock, whatever the sandbox's clock says
 */
export function signatureHeader(payload: string, secret: string, timestamp: number): string {
  const signature = createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex')
  return `t=${timestamp},v1=${signature}`
}
