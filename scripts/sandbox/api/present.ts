import type { StoredObject } from '#scripts/sandbox/kinds.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** An object as the API shows it at this moment: what depends on the clock or on other rows is filled in. */
export function present(sandbox: Sandbox, object: StoredObject): StoredObject {
  if (object.object === 'balance_transaction') {
    return { ...object, status: object.available_on <= sandbox.clock.now() ? 'available' : 'pending' }
  }
  if (object.object === 'dispute') {
    const dueBy = object.evidence_details.due_by
    const pastDue = dueBy !== null && dueBy < sandbox.clock.now()
    return { ...object, evidence_details: { ...object.evidence_details, past_due: pastDue } }
  }
  return object
}
