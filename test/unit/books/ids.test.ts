import { expect, test } from 'vitest'
import { asId, decodeId, encodeId, newId } from '#app/books/ids.ts'
import { isRefusalCode, REFUSALS, refuse } from '#app/books/refusals.ts'

test('new ids are UUIDs of version 7 that sort by the time of making', () => {
  const early = newId<'inv'>(1_700_000_000_000)
  const late = newId<'inv'>(1_700_000_000_001)
  expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(early < late).toBe(true)
  expect(Number.parseInt(early.replaceAll('-', '').slice(0, 12), 16)).toBe(1_700_000_000_000)
  expect(new Set(Array.from({ length: 1_000 }, () => newId())).size).toBe(1_000)
})

test('an id of one kind is not read as another', () => {
  const id = newId<'inv'>()
  expect(decodeId('inv', encodeId('inv', id))).toBe(id)
  for (const text of [
    encodeId('pay', id),
    id,
    'inv_',
    'inv_zz',
    `${encodeId('inv', id)}0`,
    encodeId('inv', id).toUpperCase(),
  ]) {
    expect(decodeId('inv', text)).toBeNull()
  }
  expect(() => asId('not-a-uuid')).toThrow()
})

test('every refusal has a status of its kind and a sentence that ends', () => {
  for (const [code, entry] of Object.entries(REFUSALS)) {
    expect(isRefusalCode(code)).toBe(true)
    expect(entry.status).toBeGreaterThanOrEqual(400)
    expect(entry.sentence).toMatch(/^[A-Z].*\.$/)
  }
  expect(isRefusalCode('toString')).toBe(false)
  expect(refuse('AMOUNT_HELD', { paymentId: 'x' })).toEqual({
    ok: false,
    refusal: { code: 'AMOUNT_HELD', paymentId: 'x' },
  })
})
