import { type DataFolder, readJson } from '#scripts/supervisor/data-folder.ts'

/** One account of the demo, as the seed writes it into DATA_DIR/demo.json. */
export type DemoSignIn = { role: string; email: string; password: string; totpSecret?: string }

/** Lines of two or three columns, each padded to its widest cell. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    })
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd())
    .join('\n')
}

/** What is printed when everything is up: addresses, then the demo's accounts. */
export function readyText(
  folder: DataFolder,
  addresses: Readonly<Record<string, string>>,
  seconds: number,
): string {
  const signIns = readJson<{ people?: DemoSignIn[] }>(folder.path('demo.json'))?.people ?? []
  return [
    '',
    `Quittance is ready after ${seconds.toFixed(1)} s.`,
    '',
    tableOf(Object.entries(addresses)),
    ...(signIns.length === 0 ? [] : ['', 'Sign in as', tableOf(signIns.map(signInRow))]),
    '',
    `Data and logs: ${folder.root}`,
    'Ctrl-C stops it and keeps the data; npm start -- --reset starts clean.',
    '',
  ].join('\n')
}

/** Staff need a code besides: the demo shows it at /demo/authenticator, and the secret fits any authenticator app. */
function signInRow({ role, email, password, totpSecret }: DemoSignIn): string[] {
  return [role, email, password, ...(totpSecret === undefined ? [] : [`authenticator ${totpSecret}`])]
}
