import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { choosePort } from '#scripts/supervisor/ports.ts'

export type BenchServer = {
  /** Scheme, host and port; no trailing slash. */
  readonly origin: string
  readonly stop: () => Promise<void>
}

/** One web process of the portal with further settings, as it runs in production. It has to be built. */
export async function startPortal(settings: NodeJS.ProcessEnv = {}): Promise<BenchServer> {
  const port = await choosePort()
  const origin = `http://localhost:${port}`
  const child = fork(projectPath('scripts/web.ts'), [], {
    env: { ...process.env, ...settings, PORT: String(port), APP_ORIGIN: origin },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  await untilAnswers(`${origin}/health`)
  return { origin, stop: () => end(child) }
}

/** One process with everything that pages and webhooks are compared with. */
export async function startBaselines(settings: NodeJS.ProcessEnv = {}): Promise<BenchServer> {
  buildBareApp()
  const child = fork(projectPath('scripts/bench/baseline-server.ts'), [], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  return { origin: `http://127.0.0.1:${await portOf(child)}`, stop: () => end(child) }
}

/** The session cookie of a buyer; the baselines, which ask the same database, know it too. */
export async function signIn(
  { origin }: BenchServer,
  credentials: { email: string; password: string },
): Promise<string> {
  const response = await fetch(`${origin}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(credentials),
    headers: { origin, 'sec-fetch-site': 'same-origin' },
  })
  const cookie = response.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  if (cookie === '') throw new Error(`signing in answered ${response.status}`)
  return cookie
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

async function portOf(child: ChildProcess): Promise<number> {
  for await (const chunk of child.stdout ?? []) return JSON.parse(String(chunk)).port
  throw new Error('the server of the baselines did not start')
}

async function untilAnswers(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(url).catch(() => null)
    if (answer !== null) return
    await sleep(100)
  }
  throw new Error(`${url} does not answer`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}
