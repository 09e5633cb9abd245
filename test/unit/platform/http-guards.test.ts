import { expect, test } from 'vitest'
import { clientAddressOf, type RequestHead, refusalOf } from '#app/platform/http-guards.ts'

const settings = { origin: 'https://pay.example.test', port: 3000 }
const get = (change: Partial<RequestHead> = {}): RequestHead => ({
  method: 'GET',
  path: '/c/cst_1/invoices',
  headers: { host: 'pay.example.test' },
  ...change,
})
const post = (headers: RequestHead['headers'] = {}, path = '/c/cst_1/pay'): RequestHead => ({
  method: 'POST',
  path,
  headers: { host: 'pay.example.test', 'content-length': '10', 'sec-fetch-site': 'same-origin', ...headers },
})
const statusOf = (head: RequestHead): number | undefined => refusalOf(head, settings)?.status

test('a page and a form of our own pass', () => {
  expect(statusOf(get())).toBeUndefined()
  expect(statusOf(post())).toBeUndefined()
})

test.each(['TRACE', 'CONNECT', 'PROPFIND'])('%s is not a method of ours', (method) => {
  expect(statusOf(get({ method }))).toBe(405)
})

test.each([
  ['our name', 'pay.example.test', undefined],
  ['our name in capitals', 'PAY.example.test', undefined],
  ['this machine', '127.0.0.1:3000', undefined],
  ['this machine by name', 'localhost:3000', undefined],
  ['this machine, another port', 'localhost:3001', 421],
  ['a name that points at us', 'evil.example', 421],
  ['no name', undefined, 421],
])('reached under %s', (_, host, status) => {
  expect(statusOf(get({ headers: { host } }))).toBe(status)
})

test('health and webhooks may be reached under any name', () => {
  expect(statusOf(get({ path: '/health', headers: { host: '10.0.0.7:3000' } }))).toBeUndefined()
  expect(statusOf(post({ host: 'relay.example' }, '/webhooks/stripe'))).toBeUndefined()
})

test.each([
  ['Sec-Fetch-Site same-origin', { 'sec-fetch-site': 'same-origin' }, undefined],
  ['a sibling site', { 'sec-fetch-site': 'same-site' }, 403],
  ['a foreign site', { 'sec-fetch-site': 'cross-site' }, 403],
  [
    'a foreign site that also names our origin',
    { 'sec-fetch-site': 'cross-site', origin: settings.origin },
    403,
  ],
  ['only our Origin', { 'sec-fetch-site': undefined, origin: settings.origin }, undefined],
  ['only our loopback Origin', { 'sec-fetch-site': undefined, origin: 'http://localhost:3000' }, undefined],
  ['a foreign Origin', { 'sec-fetch-site': undefined, origin: 'https://evil.example' }, 403],
  ['our name over http', { 'sec-fetch-site': undefined, origin: 'http://pay.example.test' }, 403],
  ['Origin null', { 'sec-fetch-site': undefined, origin: 'null' }, 403],
  ['neither header', { 'sec-fetch-site': undefined }, 403],
])('a form with %s', (_, headers, status) => {
  expect(statusOf(post(headers))).toBe(status)
})

test.each(['PUT', 'PATCH', 'DELETE'])('%s is held to the same origin', (method) => {
  expect(statusOf({ ...post({ 'sec-fetch-site': 'cross-site' }), method })).toBe(403)
})

test('a webhook has a signature instead of an origin', () => {
  expect(statusOf(post({ 'sec-fetch-site': undefined }, '/webhooks/stripe'))).toBeUndefined()
})

test.each([
  ['1 MB on a page', '/c/cst_1/pay', 1_000_000, undefined],
  ['one byte more', '/c/cst_1/pay', 1_000_001, 413],
  ['1 MB and a byte as webhook', '/webhooks/stripe', 1_000_001, 413],
  ['an import of 51 MB', '/staff/imports', 51_000_000, undefined],
  ['an import of more', '/staff/imports', 51_000_001, 413],
])('a body of %s', (_, path, length, status) => {
  expect(statusOf(post({ 'content-length': String(length) }, path))).toBe(status)
})

test('a body of unknown length is refused', () => {
  expect(statusOf(post({ 'content-length': undefined, 'transfer-encoding': 'chunked' }))).toBe(411)
})

test.each([
  ['no proxy: the peer, whatever the header claims', '10.1.1.1', '6.6.6.6', 0, '10.1.1.1'],
  ['one proxy: what it appended', '10.1.1.1', '6.6.6.6, 203.0.113.9', 1, '203.0.113.9'],
  ['two proxies', '10.1.1.1', '6.6.6.6, 203.0.113.9, 10.2.2.2', 2, '203.0.113.9'],
  ['a proxy that appended nothing', '10.1.1.1', undefined, 1, '10.1.1.1'],
  ['IPv4 in IPv6', '::ffff:192.0.2.4', undefined, 0, '192.0.2.4'],
])('the address behind %s', (_, peer, forwarded, proxies, address) => {
  expect(clientAddressOf(peer, forwarded, proxies)).toBe(address)
})
