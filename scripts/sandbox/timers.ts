import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** Things that happen by themselves when the clock reaches a moment. */
export type Task =
  | 'session.expire'
  | 'charge.settle'
  | 'charge.dispute'
  | 'charge.fraud_warning'
  | 'charge.late_return'
  | 'debit.settle'
  | 'microdeposits.expire'
  | 'microdeposits.fail'
  | 'refund.succeed'
  | 'refund.fail'
  | 'dispute.win'
  | 'dispute.lose'
  | 'dispute.escalate'
  | 'payout.run'
  | 'payout.arrive'
  | 'plaid.verify'
  | 'plaid.disconnect'
export type TaskHandlers = Record<Task, (sandbox: Sandbox, subject: string, detail: string | null) => void>

/** Plans a task for `dueAt` (Unix seconds of the sandbox's clock), in the caller's transaction. */
export function schedule(
  sandbox: Sandbox,
  dueAt: number,
  task: Task,
  subject: string,
  detail: string | null = null,
): void {
  sandbox.store.run(
    'INSERT INTO timer (due_at, task, subject, detail) VALUES (?, ?, ?, ?)',
    dueAt,
    task,
    subject,
    detail,
  )
}

/** Runs every task that is due, oldest first, each in a transaction of its own with the clock at its moment. */
export function runDueTasks(sandbox: Sandbox, handlers: TaskHandlers): number {
  let count = 0
  for (;;) {
    const sql =
      'SELECT id, due_at, task, subject, detail FROM timer WHERE due_at <= ? ORDER BY due_at, id LIMIT 1'
    const due = sandbox.store.row(sql, sandbox.clock.now())
    if (!due) return count
    sandbox.clock.at(Number(due.due_at), () =>
      sandbox.store.transaction(() => {
        sandbox.store.run('DELETE FROM timer WHERE id = ?', due.id ?? null)
        const detail = due.detail === null || due.detail === undefined ? null : String(due.detail)
        handlers[String(due.task) as Task](sandbox, String(due.subject), detail)
      }),
    )
    count += 1
  }
}
