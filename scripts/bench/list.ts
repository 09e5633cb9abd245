import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import autocannon from 'autocannon'
import { type BenchRow, comparePairs } from '#scripts/bench/pairs.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { choosePort } from '#scripts/supervisor/ports.ts'

const CONNECTIONS = 20
const QUERY = '?size=50'

export type ListBench = {
  environment: NodeJS.ProcessEnv
  email: string
  password: string
  customerPath: string
  rounds: number
  seconds: number
}

/**
 * The signed-in list of 50 invoices of the portal, one web process, against the same session and list queries behind a bare
 * React Router page and behind plain node:http, each in one process too.
 */
export async function benchList(options: ListBench): Promise<BenchRow[]> {
  buildBareApp()
  const port = await choosePort()
  const origin = `http://localhost:${port}`
  const web = fork(projectPath('scripts/web.ts'), [], {
    env: { ...options.environment, PORT: String(port), APP_ORIGIN: origin },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const baseline = fork(projectPath('scripts/bench/baseline-server.ts'), [], {
    env: options.environment,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  try {
    const baselineOrigin = `http://127.0.0.1:${await portOf(baseline)}`
    await untilAnswers(`${origin}/health`)
    const cookie = await signIn(origin, options.email, options.password)
    const pages = [
      {
        name: 'List of 50 invoices as a page: portal / bare React Router page',
        goal: 0.6,
        ours: `${options.customerPath}/invoices${QUERY}`,
        theirs: `/${QUERY}`,
      },
      {
        name: 'List of 50 invoices as a page: portal / node:http',
        goal: 0.05,
        ours: `${options.customerPath}/invoices${QUERY}`,
        theirs: `/plain${QUERY}`,
      },
      {
        name: 'List of 50 invoices as JSON: portal / node:http',
        goal: 0.35,
        ours: `${options.customerPath}/invoices.json${QUERY}`,
        theirs: `/plain.json${QUERY}`,
      },
    ]
    const rows: BenchRow[] = []
    for (const { name, goal, ours, theirs } of pages) {
      const result = await comparePairs({
        rounds: options.rounds,
        baseline: () => requestsPerSecond(baselineOrigin + theirs, cookie, options.seconds),
        subject: () => requestsPerSecond(origin + ours, cookie, options.seconds),
      })
      rows.push({ name, unit: 'requests per second', goal, ...result })
    }
    return rows
  } finally {
    for (const child of [web, baseline]) await end(child)
  }
}

function buildBareApp(): void {
  const built = spawnSync(
    process.execPath,
    [projectPath('node_modules/@react-router/dev/bin.cjs'), 'build'],
    {
      cwd: projectPath('scripts/bench/bare-app'),
      encoding: 'utf8',
    },
  )
  if (built.status !== 0) throw new Error(`the bare page could not be built:\n${built.stderr}`)
}

async function requestsPerSecond(url: string, cookie: string, seconds: number): Promise<number> {
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, headers: { cookie } })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} answers were not pages, ${result.errors} failed`)
  return result.requests.average
}

async function signIn(origin: string, email: string, password: string): Promise<string> {
  const response = await fetch(`${origin}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ email, password }),
    headers: { origin, 'sec-fetch-site': 'same-origin' },
  })
  const cookie = response.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  if (cookie === '') throw new Error(`signing in answered ${response.status}`)
  return cookie
}

async function portOf(child: ChildProcess): Promise<number> {
  for await (const chunk of child.stdout ?? []) return JSON.parse(String(chunk)).port
  throw new Error('the server of the baselines did not start')
}

async function untilAnswers(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(url).catch(() => null)
    if (answer !== null) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not answer`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}
