import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isRefusalCode, REFUSALS, refuse } from '#app/books/refusals.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'

const folder = projectPath('app/books/refusals')
const codes = readdirSync(folder).flatMap((file) =>
  [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/^ {2}([A-Z_]+): \{/gm)].map(
    (match) => match[1] ?? '',
  ),
)

test('every code stands in one part of the catalogue, and the whole has them all', () => {
  expect(codes.length).toBeGreaterThan(50)
  expect(codes.toSorted()).toEqual([...new Set(codes)].toSorted())
  expect(Object.keys(REFUSALS).toSorted()).toEqual(codes.toSorted())
})

test('a refusal says what happened and what to do in whole sentences, and is no success', () => {
  for (const [code, { sentence, status }] of Object.entries(REFUSALS)) {
    expect.soft(sentence, code).toMatch(/^[A-Z].*\.$/)
    expect.soft(status, code).toBeGreaterThanOrEqual(400)
    expect.soft(status, code).toBeLessThan(600)
  }
})

test('a code is told from any other text', () => {
  expect(isRefusalCode('AMOUNT_HELD')).toBe(true)
  expect(isRefusalCode('toString')).toBe(false)
  expect(refuse('AMOUNT_HELD', { paymentId: 'pay_1' })).toEqual({
    ok: false,
    refusal: { code: 'AMOUNT_HELD', paymentId: 'pay_1' },
  })
})
