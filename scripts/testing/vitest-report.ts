/** The parts of vitest's JSON report that we read. */
type VitestReport = {
  testResults: {
    name: string
    status: 'passed' | 'failed'
    message?: string
    assertionResults: { fullName: string; status: string; failureMessages?: string[] | null }[]
  }[]
}

const LONGEST_FAILURE_LINES = 30

const shortened = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.includes('/node_modules/'))
    .slice(0, LONGEST_FAILURE_LINES)
    .map((line) => `    ${line}`)
    .join('\n')

/** Counts and texts of a report. A skipped test counts as failed: it holds nothing. */
export function readVitestReport(json: string): { passed: number; failures: string[] } {
  const report: VitestReport = JSON.parse(json)
  let passed = 0
  const failures: string[] = []
  for (const file of report.testResults) {
    if (file.status === 'failed' && file.assertionResults.length === 0)
      failures.push(`  ✗ ${file.name}\n${shortened(file.message ?? 'The file could not be loaded.')}`)
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1
      else
        failures.push(
          `  ✗ ${file.name}\n    ${test.fullName} (${test.status})\n${shortened((test.failureMessages ?? []).join('\n'))}`,
        )
    }
  }
  return { passed, failures }
}
