import pino, { type SerializedError } from 'pino'

/** An error as it is logged. node-postgres hangs the whole connection on one, with the statements under way and their values. */
export function loggedError(error: Error): Omit<SerializedError, 'raw'> {
  const { client: _connection, ...logged } = pino.stdSerializers.err(error)
  return logged
}
