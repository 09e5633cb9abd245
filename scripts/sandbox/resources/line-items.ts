import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'

type LineParam = Stripe.Checkout.SessionCreateParams.LineItem

const MAX_LINES = 100
/** The provider's limits on one payment, in minor units. */
const SMALLEST_TOTAL = 50
const LARGEST_TOTAL = 99_999_999

/** The lines of a new session with prices made on the spot; all in one currency. @throws ApiError naming the wrong line */
export function readLineItems(
  lines: LineParam[] | undefined,
  now: number,
): { items: Stripe.LineItem[]; currency: string; total: number } {
  if (!lines || lines.length === 0) throw missingParameter('line_items')
  if (lines.length > MAX_LINES)
    throw invalidRequest(`A session takes at most ${MAX_LINES} line items.`, 'line_items')
  const items = lines.map((line, index) => readLine(line, `line_items[${index}]`, now))
  const currency = items[0]?.currency ?? ''
  const other = items.findIndex((item) => item.currency !== currency)
  if (other >= 0) {
    throw invalidRequest(
      'All line items must have the same currency.',
      `line_items[${other}][price_data][currency]`,
    )
  }
  const total = items.reduce((sum, item) => sum + item.amount_total, 0)
  if (total < SMALLEST_TOTAL) {
    throw invalidRequest(
      'The total amount due must add up to at least 50 minor units.',
      'line_items',
      'amount_too_small',
    )
  }
  if (total > LARGEST_TOTAL) {
    throw invalidRequest(
      `The total amount must be no more than ${LARGEST_TOTAL} minor units.`,
      'line_items',
      'amount_too_large',
    )
  }
  return { items, currency, total }
}

function readLine(line: LineParam, param: string, now: number): Stripe.LineItem {
  if (line.price !== undefined) throw noSuch('price', line.price, `${param}[price]`)
  const data = line.price_data
  if (!data) throw missingParameter(`${param}[price_data]`)
  if (data.product !== undefined) throw noSuch('product', data.product, `${param}[price_data][product]`)
  if (!data.product_data) throw missingParameter(`${param}[price_data][product_data]`)
  if (data.product_data.name === '') {
    throw invalidRequest(
      'You passed an empty string for the product name.',
      `${param}[price_data][product_data][name]`,
      'parameter_invalid_empty',
    )
  }
  const currency = data.currency.toLowerCase()
  if (!Intl.supportedValuesOf('currency').includes(currency.toUpperCase())) {
    throw invalidRequest(`Invalid currency: ${data.currency}.`, `${param}[price_data][currency]`)
  }
  const unitAmount = readUnitAmount(data, `${param}[price_data]`)
  const quantity = line.quantity
  if (quantity === undefined) throw missingParameter(`${param}[quantity]`)
  if (quantity < 1)
    throw invalidRequest('This value must be greater than or equal to 1.', `${param}[quantity]`)
  const amount = unitAmount * quantity
  if (!Number.isSafeInteger(amount))
    throw invalidRequest('The amount is too large.', param, 'amount_too_large')
  return {
    id: newProviderId('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency,
    description: data.product_data.name,
    metadata: {},
    price: priceOf(currency, unitAmount, now),
    quantity,
  }
}

function readUnitAmount(data: Stripe.Checkout.SessionCreateParams.LineItem.PriceData, param: string): number {
  const decimal = data.unit_amount_decimal
  if (data.unit_amount === undefined && decimal === undefined) throw missingParameter(`${param}[unit_amount]`)
  const amount = data.unit_amount ?? Number(decimal)
  if (!Number.isSafeInteger(amount))
    throw invalidRequest('The sandbox takes whole minor units only.', `${param}[unit_amount_decimal]`)
  if (amount < 0)
    throw invalidRequest('Invalid non-negative integer', `${param}[unit_amount]`, 'parameter_invalid_integer')
  return amount
}

function priceOf(currency: string, unitAmount: number, now: number): Stripe.Price {
  // The SDK types the decimal as an object of its own; on the wire it is text.
  const decimal = String(unitAmount) as unknown as Stripe.Price['unit_amount_decimal']
  return {
    id: newProviderId('price'),
    object: 'price',
    active: false,
    billing_scheme: 'per_unit',
    created: now,
    currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: null,
    product: newProviderId('prod'),
    recurring: null,
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'one_time',
    unit_amount: unitAmount,
    unit_amount_decimal: decimal,
  }
}
