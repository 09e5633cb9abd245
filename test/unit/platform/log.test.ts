import { Writable } from 'node:stream'
import pino from 'pino'
import { expect, test } from 'vitest'
import { loggedError } from '#app/platform/logged-error.ts'

test('an error of a lost connection is logged without the connection and the statements under way on it', () => {
  let written = ''
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      written += String(chunk)
      done()
    },
  })
  const log = pino({ serializers: { err: loggedError } }, stream)
  const client = { password: 'geheim', activeQuery: { values: ['a salt'] } }
  log.warn({ err: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', client }) }, 'lost')
  expect(JSON.parse(written)).toMatchObject({ err: { message: 'read ECONNRESET', code: 'ECONNRESET' } })
  expect(written).not.toMatch(/geheim|a salt/)
})
