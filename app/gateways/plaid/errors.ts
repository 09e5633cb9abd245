import { z } from 'zod'
import { type FaultKind, GatewayFault } from '#app/gateways/gateway-fault.ts'

/** What of a failed call may be looked at. The error itself holds our secret and the bank's data and goes no further. */
const failedCall = z.object({
  isAxiosError: z.literal(true),
  code: z.string().optional().catch(undefined),
  response: z
    .object({
      status: z.number(),
      data: z
        .object({ error_type: z.string(), error_code: z.string(), request_id: z.string().optional() })
        .optional()
        .catch(undefined),
    })
    .optional(),
})
type FailedCall = z.infer<typeof failedCall>

/** Statuses with which Plaid says that it will not do what was asked. */
const REFUSED = new Set([400, 402, 404, 409])
/** Statuses and codes about our own keys: they say nothing of what was asked. */
const HELD_BACK = new Set([401, 403, 429])
const KEY_TROUBLE: readonly (string | undefined)[] = ['INVALID_API_KEYS', 'UNAUTHORIZED_ENVIRONMENT']

/**
 * Turns whatever a call threw into a fault that carries none of it. A read that got no answer is `unavailable`. A write is
 * `rejected` only when Plaid says so, `unavailable` only when Plaid or the bank held it back, and otherwise
 * `indeterminate`: it may have been done.
 */
export function asFault(error: unknown, operation: string, isWrite: boolean): GatewayFault {
  if (error instanceof GatewayFault) return error
  const silent = isWrite ? 'indeterminate' : 'unavailable'
  const { success, data: call } = failedCall.safeParse(error)
  if (!success) {
    const message = `the answer is malformed${error instanceof z.ZodError ? `: ${placesOf(error)}` : ''}`
    return new GatewayFault({ kind: silent, vendor: 'plaid', operation, message })
  }
  const { response } = call
  return new GatewayFault({
    kind: kindOf(call) ?? silent,
    vendor: 'plaid',
    operation,
    code: response?.data?.error_code ?? call.code,
    requestId: response?.data?.request_id,
    message: [
      response?.status ?? 'no answer',
      response?.data?.error_type,
      response?.data?.error_code ?? call.code,
    ]
      .filter((part) => part !== undefined)
      .join(' '),
  })
}

/** Whether a read is worth another try: nobody answered, or not in their right mind, or not now. */
export function isPassing(error: unknown): boolean {
  const { success, data: call } = failedCall.safeParse(error)
  if (!success) return true
  return call.response === undefined || call.response.status >= 500 || call.response.status === 429
}

/** Whether the bank's login, and not the call, is what is wrong. */
export function isItemTrouble(error: unknown): boolean {
  return failedCall.safeParse(error).data?.response?.data?.error_type === 'ITEM_ERROR'
}

function kindOf({ response }: FailedCall): FaultKind | undefined {
  if (response === undefined) return undefined
  const { error_type: type, error_code: code } = response.data ?? {}
  if (HELD_BACK.has(response.status) || type === 'RATE_LIMIT_EXCEEDED') return 'unavailable'
  if (KEY_TROUBLE.includes(code)) return 'unavailable'
  if (type === 'INSTITUTION_ERROR' || code === 'PRODUCT_NOT_READY') return 'unavailable'
  return REFUSED.has(response.status) && type !== 'API_ERROR' ? 'rejected' : undefined
}

/** Where an answer is not as it should be, without what stands there. */
function placesOf(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map(({ path }) => path.join('.') || 'as a whole')
    .join(', ')
}
