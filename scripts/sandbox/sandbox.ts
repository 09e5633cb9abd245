import type { OfficialSchema } from '#scripts/sandbox/api/official-schema.ts'
import type { Clock } from '#scripts/sandbox/clock.ts'
import type { SandboxConfig } from '#scripts/sandbox/config.ts'
import type { Faults } from '#scripts/sandbox/faults.ts'
import type { PlaidSchema } from '#scripts/sandbox/plaid/api/plaid-schema.ts'
import type { Store } from '#scripts/sandbox/store.ts'

/** Everything that one running sandbox consists of; passed to each operation. */
export type Sandbox = {
  readonly config: SandboxConfig
  readonly store: Store
  readonly clock: Clock
  readonly schema: OfficialSchema
  readonly plaidSchema: PlaidSchema
  readonly faults: Faults
  /** Address under which a browser reaches the hosted pages, without a trailing slash; known once listening. */
  publicUrl: string
  /** The API request being executed, named in the events it causes; null for hosted pages and timers. */
  cause: { id: string; idempotencyKey: string | null } | null
}
