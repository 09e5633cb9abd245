/** Waits between tries in seconds, the last one repeated; short at first so that a killed receiver heals fast. */
const RETRY_SECONDS = [1, 2, 5, 15, 60, 60, 300, 1_800]

/** How long to wait after a delivery that failed after `attempts` earlier failures. */
export function retryDelayMs(attempts: number): number {
  return (RETRY_SECONDS[attempts] ?? RETRY_SECONDS.at(-1) ?? 0) * 1_000
}
