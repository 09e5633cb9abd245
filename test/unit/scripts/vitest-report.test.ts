import { expect, test } from 'vitest'
import { readVitestReport } from '#scripts/testing/vitest-report.ts'

const report = (...testResults: unknown[]): string => JSON.stringify({ testResults })

test('passed and failed are counted, a failure with its file, name and words', () => {
  const result = readVitestReport(
    report({
      name: 'a.test.ts',
      status: 'failed',
      assertionResults: [
        { fullName: 'adds', status: 'passed' },
        { fullName: 'subtracts', status: 'failed', failureMessages: ['expected 1 to be 2'] },
      ],
    }),
  )
  expect(result.passed).toBe(1)
  expect(result.failures).toHaveLength(1)
  expect(result.failures[0]).toMatch(/a\.test\.ts[\s\S]*subtracts[\s\S]*expected 1 to be 2/)
})

test('a skipped test holds nothing and fails', () => {
  const result = readVitestReport(
    report({ name: 'a', status: 'passed', assertionResults: [{ fullName: 'later', status: 'skipped' }] }),
  )
  expect([result.passed, result.failures.length]).toEqual([0, 1])
})

test('a file that could not be loaded is one failure', () => {
  const result = readVitestReport(
    report({ name: 'broken.test.ts', status: 'failed', message: 'SyntaxError: no', assertionResults: [] }),
  )
  expect(result.failures[0]).toContain('SyntaxError: no')
})
