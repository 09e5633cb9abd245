/** The review of the contracts says which test shows what: each of them is there. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { sourceFiles } from '#test/support/source-files.ts'

const review = readFileSync(projectPath('docs/contracts-review.md'), 'utf8')
const solidity = sourceFiles(['contracts'], ['.sol'])
  .map((file) => file.text)
  .join('\n')

test('every test that the review names is a test of the contracts', () => {
  const named = [...new Set([...review.matchAll(/`(test(?:Fuzz)?_\w+)`/g)].map((match) => match[1]))]
  expect(named.length).toBeGreaterThan(60)
  expect(named.filter((name) => !solidity.includes(`function ${name}(`))).toEqual([])
})

test('every function that the review grants to somebody is in an interface', () => {
  const section = review.split('## Who can do what')[1]?.split('\n## ')[0] ?? ''
  const granted = [...section.matchAll(/`(\w+)`/g)].map((match) => match[1])
  expect(granted.length).toBeGreaterThan(30)
  expect(granted.filter((name) => !solidity.includes(`function ${name}(`))).toEqual([])
})
