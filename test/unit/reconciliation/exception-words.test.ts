import { expect, test } from 'vitest'
import { exceptionWords } from '#app/reconciliation/exception-words.ts'
import { sourceFiles } from '#test/support/source-files.ts'

const CALL = /\b(?:open|raise)Exception\(\s*(?:tx,\s*)?'([a-z.-]+)'/g

test('whatever is put before a person has words of its own', () => {
  const kinds = sourceFiles(['app'], ['.ts']).flatMap(({ text }) =>
    [...text.matchAll(CALL)].map((match) => match[1] ?? ''),
  )
  expect(kinds.length).toBeGreaterThan(10)
  const nobody = exceptionWords('nobody.wrote-words').why
  expect(kinds.filter((kind) => exceptionWords(kind).why === nobody)).toEqual([])
})
