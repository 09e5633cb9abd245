import { invalidRequest } from '#scripts/sandbox/api/api-error.ts'
import { listObjects } from '#scripts/sandbox/api/lists.ts'
import { present } from '#scripts/sandbox/api/present.ts'
import type { Kind } from '#scripts/sandbox/kinds.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type Node = Record<string, unknown>

/** Fields that can be expanded, by the kind of object that holds them. */
const EXPANDABLE: Record<string, readonly string[]> = {
  'checkout.session': ['customer', 'payment_intent', 'setup_intent', 'line_items'],
  payment_intent: ['customer', 'latest_charge', 'payment_method', 'source'],
  setup_intent: ['customer', 'mandate', 'payment_method', 'single_use_mandate'],
  payment_method: ['customer'],
  mandate: ['payment_method'],
  'financial_connections.account': ['ownership'],
  charge: ['balance_transaction', 'customer', 'failure_balance_transaction', 'payment_intent', 'refunds'],
  refund: [
    'balance_transaction',
    'charge',
    'customer',
    'failure_balance_transaction',
    'payment_intent',
    'payment_method',
  ],
  balance_transaction: ['source'],
  dispute: ['charge', 'payment_intent'],
  payout: ['balance_transaction', 'failure_balance_transaction'],
}
/** Kind of object that an id names, by its prefix. */
const KIND_BY_PREFIX: Record<string, Kind> = {
  cus: 'customer',
  cs: 'checkout.session',
  pi: 'payment_intent',
  seti: 'setup_intent',
  pm: 'payment_method',
  ba: 'payment_method',
  mandate: 'mandate',
  ch: 'charge',
  py: 'charge',
  re: 'refund',
  pyr: 'refund',
  po: 'payout',
  fcao: 'financial_connections.account_ownership',
  txn: 'balance_transaction',
  du: 'dispute',
}
const MAX_DEPTH = 4

/** Replaces ids in `body` by the objects they name, along each dotted path. @throws ApiError for a path that leads nowhere */
export function expand(sandbox: Sandbox, body: object, paths: readonly string[]): object {
  const root = structuredClone(body) as Node
  for (const path of paths) {
    const parts = path.split('.')
    if (parts.length > MAX_DEPTH + 1)
      throw invalidRequest(`You cannot expand more than ${MAX_DEPTH} levels.`, 'expand')
    expandPath(sandbox, root, parts, path)
  }
  return root
}

function expandPath(sandbox: Sandbox, node: Node, parts: readonly string[], path: string): void {
  const [field, ...rest] = parts
  if (field === undefined) return
  if (node.object === 'list' && field === 'data') {
    for (const item of node.data as Node[]) expandPath(sandbox, item, rest, path)
    return
  }
  if (!EXPANDABLE[String(node.object)]?.includes(field)) {
    throw invalidRequest(`This property cannot be expanded (${path}).`, 'expand')
  }
  const value = resolve(sandbox, node, field)
  if (value === null) return
  node[field] = value
  expandPath(sandbox, value, rest, path)
}

function resolve(sandbox: Sandbox, node: Node, field: string): Node | null {
  const value = node[field]
  if (typeof value === 'object' && value !== null) return value as Node
  if (node.object === 'checkout.session' && field === 'line_items') {
    const { lineItems } = sandbox.store.secretsOf('checkout.session', String(node.id))
    const data = lineItems.slice(0, 10)
    return {
      object: 'list',
      data,
      has_more: lineItems.length > 10,
      url: `/v1/checkout/sessions/${node.id}/line_items`,
    }
  }
  if (node.object === 'charge' && field === 'refunds') {
    return listObjects(sandbox, 'refund', `/v1/charges/${node.id}/refunds`, {}, { charge: String(node.id) })
  }
  if (typeof value !== 'string') return null
  const kind = KIND_BY_PREFIX[value.slice(0, value.indexOf('_'))]
  const found = kind ? sandbox.store.find(kind, value) : null
  return found ? (structuredClone(present(sandbox, found)) as unknown as Node) : null
}
