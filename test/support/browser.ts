import { mkdirSync } from 'node:fs'
import { type Browser, chromium as playwright } from 'playwright-core'
import { projectPath } from '#scripts/supervisor/node-services.ts'

/** The package's own list of arguments switches web security off; these do not. */
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking']

/** A headless Chromium from npm, unpacked once below .data. Close it when done. */
export async function launchBrowser(): Promise<Browser> {
  const unpacked = projectPath('.data/chromium')
  mkdirSync(unpacked, { recursive: true })
  const outside = process.env.TMPDIR
  process.env.TMPDIR = unpacked
  try {
    const { default: chromium } = await import('@sparticuz/chromium')
    const executablePath = await chromium.executablePath()
    if (outside === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = outside
    return await playwright.launch({ executablePath, args: ['--headless=shell', ...ARGS] })
  } finally {
    if (outside === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = outside
  }
}
