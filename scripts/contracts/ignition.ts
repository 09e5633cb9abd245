/** What is deployed to a foreign chain, as modules of Hardhat Ignition: each is journalled, so that a broken run resumes. */
import { buildModule } from '@nomicfoundation/ignition-core'

/** Seconds that a hand-over of the ledger's admin role has to wait: time to notice one that nobody wanted. */
export const ADMIN_DELAY_SECONDS = 2 * 24 * 60 * 60

/** Once for each chain: the shared ledger, and the registry of placements. */
export const booksModule = buildModule('Books', (m) => ({
  ledger: m.contract('PaymentLedger', [
    m.getParameter('adminDelaySeconds'),
    m.getParameter('admin'),
    m.getParameter('writer'),
  ]),
  registry: m.contract('PlacementRegistry'),
}))

/** Once for each vetted token of a chain. */
export const settlementModule = buildModule('Settlement', (m) => ({
  escrow: m.contract('InvoiceEscrow', [m.getParameter('token')]),
  plan: m.contract('InstallmentPlan', [m.getParameter('token')]),
}))
