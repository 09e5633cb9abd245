import { badInput } from '#scripts/sandbox/plaid/api/plaid-error.ts'
import { type PlaidOperation, plaidOperation } from '#scripts/sandbox/plaid/api/plaid-operation.ts'

export type Institution = {
  id: string
  name: string
  routing: string
  /** Its accounts must be checked by micro-deposits before they can be debited. */
  needsMicroDeposits: boolean
  isDown: boolean
}

/** The banks of the hosted page; the one that is always down is our own invention. */
export const INSTITUTIONS: readonly Institution[] = [
  bank('ins_109508', 'First Platypus Bank'),
  bank('ins_130016', 'First Platypus Balance Bank'),
  { ...bank('ins_109512', 'Houndstooth Bank'), needsMicroDeposits: true },
  { ...bank('ins_sandbox_down', 'Down Bank'), isDown: true },
]

function bank(id: string, name: string): Institution {
  return { id, name, routing: '011401533', needsMicroDeposits: false, isDown: false }
}

export function findInstitution(id: string): Institution | null {
  return INSTITUTIONS.find((one) => one.id === id) ?? null
}

/** @throws PlaidRefusal when there is no such bank */
export function getInstitution(id: string): Institution {
  const found = findInstitution(id)
  if (!found) throw badInput('INVALID_INSTITUTION', 'invalid institution_id provided')
  return found
}

export const INSTITUTION_OPERATIONS: readonly PlaidOperation[] = [
  plaidOperation<{ institution_id: string }>('/institutions/get_by_id', (_sandbox, { institution_id }) => {
    const { id, name, routing } = getInstitution(institution_id)
    return {
      institution: {
        institution_id: id,
        name,
        products: ['auth', 'balance', 'identity', 'signal'],
        country_codes: ['US'],
        routing_numbers: [routing],
        oauth: false,
      },
    }
  }),
]
