import type { JobHandlers } from '#app/platform/jobs.server.ts'

/** Runs until its signal aborts and then returns; when it throws, it is started again after a wait. */
export type Loop = { name: string; run: (signal: AbortSignal) => Promise<void> }

/** The handlers of all rooms, by job name. */
export const jobHandlers: JobHandlers = {}

/** Jobs by the clock, in cron's five fields and UTC: one line each, then the job's name. */
export const crontab = ''

/** What runs all the time beside the jobs: sending ledger events, following the chain. */
export const loops: readonly Loop[] = []
