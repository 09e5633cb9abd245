import { noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'

/** Endpoints of payouts to the supplier's bank: retrieve, list. They are made by themselves, never by request. */
export const PAYOUT_OPERATIONS: readonly Operation[] = [
  operation('GET', '/v1/payouts/{id}', (sandbox, _params, id) => {
    const payout = sandbox.store.find('payout', id)
    if (!payout) throw noSuch('payout', id)
    return payout
  }),
  operation<ListParams & { status?: string }>('GET', '/v1/payouts', (sandbox, params) =>
    listObjects(sandbox, 'payout', '/v1/payouts', params, { status: params.status }),
  ),
]
