/**
 * Ends this process with SIGKILL at its n-th step towards the outside, n from CRASH_AT: every statement to the database and
 * every request to a provider has a step before it leaves and one after its answer has come. Without CRASH_AT it only counts,
 * and says how many there were when the process ends. Imported before anything else of the product.
 */
import http from 'node:http'
import pg from 'pg'

const crashAt = Number(process.env.CRASH_AT ?? 0)
let steps = 0

function step(): void {
  steps += 1
  if (steps === crashAt) process.kill(process.pid, 'SIGKILL')
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

const query = pg.Client.prototype.query as unknown as AnyFunction
pg.Client.prototype.query = function (this: unknown, ...args: unknown[]) {
  step()
  const answer = query.apply(this, args)
  if (!(answer instanceof Promise)) return answer
  return answer.then((value) => {
    step()
    return value
  })
} as unknown as typeof pg.Client.prototype.query

const request = http.request as unknown as AnyFunction
http.request = function (this: unknown, ...args: unknown[]) {
  step()
  const sent = request.apply(this, args) as http.ClientRequest
  sent.once('response', (response: http.IncomingMessage) => response.once('end', step))
  return sent
} as unknown as typeof http.request

process.once('exit', () => {
  if (crashAt === 0) console.log(`steps ${steps}`)
})
