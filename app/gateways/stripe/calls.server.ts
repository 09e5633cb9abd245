/** How Stripe is called: time-outs and retries in one place, and whatever is thrown turned into a fault. */
import type Stripe from 'stripe'
import type { z } from 'zod'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import { asFault, isMissing } from '#app/gateways/stripe/errors.ts'
import type { Written } from '#app/gateways/stripe/port.ts'
import { connectStripe, type StripeAddress } from '#app/gateways/stripe/sdk.server.ts'

export type StripeConfig = {
  readonly secretKey: string
  /** A signature by any of them is good: two while one is rotated. */
  readonly webhookSecrets: readonly string[]
  readonly api: StripeAddress | undefined
  /** How long one try of a call may take. Default 15 s for writes, 10 s for reads. */
  readonly timeoutMs?: number
}

type Options = { readonly timeout: number; readonly maxNetworkRetries: number }

/** Stripe's client with the options that every call of a kind takes. */
export type StripeCalls = {
  readonly stripe: Stripe
  /** Reads may be repeated freely. */
  readonly reading: Options
  /** Tries of a write are repeated by the SDK with the same idempotency key. */
  readonly writing: (idempotencyKey: string) => Options & { readonly idempotencyKey: string }
}

export function stripeCalls(config: StripeConfig): StripeCalls {
  const { secretKey, api, timeoutMs } = config
  return {
    stripe: connectStripe(secretKey, api),
    reading: { timeout: timeoutMs ?? 10_000, maxNetworkRetries: 2 },
    writing: (idempotencyKey) => ({ timeout: timeoutMs ?? 15_000, maxNetworkRetries: 1, idempotencyKey }),
  }
}

/** Stripe's instants are whole seconds. */
export const asSeconds = (instant: Date): number => Math.floor(instant.getTime() / 1000)

/** All pages of a list, each item parsed. */
export async function collect<Shape extends z.ZodType>(
  pages: AsyncIterable<unknown>,
  shape: Shape,
): Promise<z.output<Shape>[]> {
  const found = []
  for await (const each of pages) found.push(shape.parse(each))
  return found
}

/** A write: what is not refused by Stripe may have been done. */
export async function write<Value>(operation: string, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call()
  } catch (error) {
    throw asFault(error, operation, true)
  }
}

/**
 * A write that may find its key answered with a failure that Stripe remembers: what it has made all the same is looked for, since
 * the key tells nothing else for a day. The fault stands when nothing is found, or when Stripe cannot be read.
 */
export async function writeOrFind<Value>(
  operation: string,
  call: () => Promise<Value>,
  find: () => Promise<Value | null>,
): Promise<Value> {
  try {
    return await write(operation, call)
  } catch (fault) {
    const found = fault instanceof GatewayFault && fault.isRemembered ? await find().catch(() => null) : null
    if (found === null) throw fault
    return found
  }
}

/** A write's answer that was found by looking. */
export async function asWritten<Value>(found: Promise<Value | null>): Promise<Written<Value> | null> {
  const value = await found
  return value === null ? null : { value, requestId: null }
}

/** A read: without an answer nothing is known, and nothing has happened. */
export async function read<Value>(operation: string, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call()
  } catch (error) {
    throw asFault(error, operation, false)
  }
}

/** A read of one object; null when Stripe knows none of that id. */
export async function readOrNull<Value>(
  operation: string,
  call: () => Promise<Value | null>,
): Promise<Value | null> {
  try {
    return await call()
  } catch (error) {
    if (isMissing(error)) return null
    throw asFault(error, operation, false)
  }
}
