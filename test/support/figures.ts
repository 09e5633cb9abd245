import { writeFileSync } from 'node:fs'

/** Prints what a test measured, and hands it to `npm run test:long` when that runs it. */
export function recordFigures(text: string): void {
  console.log(text)
  if (process.env.FIGURES_FILE !== undefined) writeFileSync(process.env.FIGURES_FILE, text)
}
