/**
 * Which errors mean "the database cannot be reached just now": nothing is wrong with what was asked, and asking again later may
 * work. What was asked may or may not have been done, when the answer to a COMMIT was lost.
 * They come in four shapes: Prisma's codes, the driver adapter's kinds, SQLSTATEs, and what node-postgres and sockets throw.
 */

/** Not reachable, too slow, closed, none free in time, no transaction could be had, too many. */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037'])
const ADAPTER_KINDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
])
/** Connections that fail, too many of them, and a server that is ending or starting. */
const SQLSTATE = /^(08...|53300|57P0[123])$/
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
])
/** node-postgres gives these no code. */
const SENTENCES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/

type ErrorLike = {
  code?: unknown
  kind?: unknown
  originalCode?: unknown
  message?: unknown
  syscall?: unknown
  cause?: unknown
  meta?: { driverAdapterError?: unknown }
}

const isObject = (value: unknown): value is ErrorLike => typeof value === 'object' && value !== null

/** True when the database did not answer, or sent us away before it looked at what we asked. */
export function isDatabaseLoss(error: unknown): boolean {
  if (!isObject(error)) return false
  const { code, message, syscall } = error
  if (typeof code === 'string') {
    if (PRISMA_CODES.has(code) || SQLSTATE.test(code)) return true
    // A failed call to a provider wraps its socket's error; the database's stands by itself.
    if (syscall !== undefined && SOCKET_CODES.has(code)) return true
  }
  if (typeof message === 'string' && SENTENCES.test(message)) return true
  return isLossKind(error.cause) || isLossInAdapter(error.meta?.driverAdapterError)
}

function isLossInAdapter(error: unknown): boolean {
  return isObject(error) && isLossKind(error.cause)
}

function isLossKind(cause: unknown): boolean {
  if (!isObject(cause)) return false
  const { kind, originalCode } = cause
  if (typeof kind === 'string' && ADAPTER_KINDS.has(kind)) return true
  return typeof originalCode === 'string' && SQLSTATE.test(originalCode)
}
