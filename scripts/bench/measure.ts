/** One part of npm run bench, in a process of its own that bench.ts starts: measures, and sends what it measured. */
import { BENCH_PARTS } from '#scripts/bench/parts.ts'
import { benchSettings } from '#scripts/bench/settings.ts'

// Nobody waits for the figures any more. This process leads a group, so that whatever it has started ends with it.
process.once('disconnect', () => process.kill(-process.pid, 'SIGTERM'))

const [part = '', settings = ''] = process.argv.slice(2)
const result = await BENCH_PARTS[part]?.measure(benchSettings.parse(JSON.parse(settings)))
process.send?.(result)
