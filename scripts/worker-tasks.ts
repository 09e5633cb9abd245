import { mailSender } from '#app/gateways/mail/sender.server.ts'
import { bankLinkProvider } from '#app/gateways/plaid/bank-link.server.ts'
import { cardProcessor, providerBooks } from '#app/gateways/stripe/processor.server.ts'
import { importJobHandlers } from '#app/imports/import-jobs.server.ts'
import { ledgerLoop } from '#app/ledger/ledger-loop.server.ts'
import { noticeJobs } from '#app/notices/notice-jobs.server.ts'
import { AUTOPAY_BOOT_JOBS, AUTOPAY_CRONTAB, autopayJobs } from '#app/payments/autopay/autopay-jobs.server.ts'
import { BANKS_CRONTAB, banksJobs } from '#app/payments/linked-banks/banks-jobs.server.ts'
import { METHOD_CRONTAB, methodJobs } from '#app/payments/methods/method-jobs.server.ts'
import { PAYMENT_BOOT_JOBS, PAYMENT_CRONTAB, paymentJobs } from '#app/payments/payment-jobs.server.ts'
import { env } from '#app/platform/env.server.ts'
import type { JobHandlers } from '#app/platform/jobs.server.ts'
import { RECONCILIATION_CRONTAB, reconciliationJobs } from '#app/reconciliation/reconciliation-jobs.server.ts'

/** Runs until its signal aborts and then returns; when it throws, it is started again after a wait. */
export type Loop = { name: string; run: (signal: AbortSignal) => Promise<void> }

/** The handlers of all rooms, by job name. Without a card processor its jobs wait in the queue. */
export const jobHandlers: JobHandlers = {
  ...(cardProcessor === null
    ? {}
    : { ...paymentJobs(cardProcessor), ...methodJobs(cardProcessor), ...autopayJobs(cardProcessor) }),
  ...reconciliationJobs(providerBooks, env.chain?.rpcUrl),
  ...(cardProcessor === null || bankLinkProvider === null ? {} : banksJobs(cardProcessor, bankLinkProvider)),
  ...importJobHandlers,
  ...noticeJobs(mailSender),
}

/** Jobs by the clock, in cron's five fields and UTC: one line each, then the job's name. */
export const crontab: string = [
  ...(cardProcessor === null ? [] : [PAYMENT_CRONTAB, METHOD_CRONTAB, AUTOPAY_CRONTAB]),
  ...(bankLinkProvider === null ? [] : [BANKS_CRONTAB]),
  RECONCILIATION_CRONTAB,
].join('\n')

/** Jobs that every start of a worker adds: what happened while none ran is caught up with at once. */
export const bootJobs: readonly string[] =
  cardProcessor === null ? [] : [...PAYMENT_BOOT_JOBS, ...AUTOPAY_BOOT_JOBS]

/** What runs all the time beside the jobs: sending ledger events, following the chain. */
export const loops: readonly Loop[] = [{ name: 'ledger', run: (signal) => ledgerLoop(signal) }]
