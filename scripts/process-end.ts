/** Ends this process once: at a signal, or when the supervisor that started it is gone. `stop` must end by itself. */
export function endWithParent(stop: () => Promise<void>): void {
  let isEnding = false
  const end = (): void => {
    if (isEnding) return
    isEnding = true
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  if (process.connected) process.on('disconnect', end)
}
