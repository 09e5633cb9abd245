import type pg from 'pg'

/**
 * Gives a connection its next query only once the one before is answered. Prisma reads the relations of one query all at once, and
 * inside a transaction that is over one connection: pg puts them in a line of its own today, warns of it, and ends that with its
 * next version. A query with a callback comes from the pool, which lends a connection to one at a time anyway.
 */
export function takeOneAtATime(connection: pg.ClientBase): void {
  let last: Promise<unknown> = Promise.resolve()
  connection.query = new Proxy(connection.query, {
    apply(send, self, given) {
      if (typeof given.at(-1) === 'function') return Reflect.apply(send, self, given)
      const answer = last.then(() => Reflect.apply(send, self, given))
      last = answer.catch(() => undefined)
      return answer
    },
  })
}
