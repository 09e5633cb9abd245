/**
 * Every page, as its reader sees it: axe finds nothing, nothing is wider than a small telephone, nothing is thrown. In
 * `npm test` light at a desk, and narrow for the width alone; with E2E_MATRIX=full in both themes at both widths.
 * E2E_SCREENS=FOLDER keeps a picture of each.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '#test/support/browser.ts'
import type { View } from '#test/support/journey.ts'
import {
  openReaders,
  type PageToSee,
  pagePatterns,
  pagesToSee,
  type Reader,
  sameReader,
} from '#test/support/pages.ts'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const LONGEST_MS = 600_000

type Seen = Required<Pick<View, 'theme' | 'width'>>
const DESK: Seen = { theme: 'light', width: 1280 }
const MATRIX: readonly Seen[] = [
  DESK,
  { theme: 'dark', width: 1280 },
  { theme: 'light', width: 320 },
  { theme: 'dark', width: 320 },
]

/** Pictures of patterns without a letter in them. */
const NAMES: Readonly<Record<string, string>> = { '/': 'front', '/*': 'not found', '/c/:customerId': 'home' }

const views = process.env.E2E_MATRIX === 'full' ? MATRIX : [DESK]
const pictures = process.env.E2E_SCREENS

let browser: Browser
let readers: Record<Reader, BrowserContext>
let pages: PageToSee[]

beforeAll(async () => {
  browser = await launchBrowser()
  readers = await openReaders(browser)
  pages = await pagesToSee(readers)
}, LONGEST_MS)
afterAll(() => browser.close())

test('No page of the route table is left out', () => {
  const seen = new Set(pages.map(({ pattern }) => pattern))
  expect(pagePatterns().filter((pattern) => !seen.has(pattern))).toEqual([])
  expect(pages.filter(({ pattern }) => !pagePatterns().includes(pattern))).toEqual([])
})

for (const view of views)
  test(
    `Every page, ${view.theme} and ${view.width} pixels wide`,
    async () => {
      const wrong: string[] = []
      for (const reader of Object.keys(readers) as Reader[]) {
        const window = await sameReader(browser, readers[reader], view)
        const page = await window.newPage()
        page.on('pageerror', (error) => wrong.push(`${page.url()} throws ${error.message}`))
        for (const each of pages.filter((one) => one.reader === reader))
          for (const problem of await lookAt(page, each, view))
            wrong.push(`${[each.pattern, each.state].filter(Boolean).join(', ')}: ${problem}`)
        await window.close()
      }
      expect(wrong).toEqual([])
    },
    LONGEST_MS,
  )

async function lookAt(page: Page, { path, pattern, state }: PageToSee, view: Seen): Promise<string[]> {
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
  const { pathname } = new URL(page.url())
  if (pathname !== path.split('?')[0]) return [`leads on to ${pathname}`]
  if (pictures !== undefined)
    await takePicture(page, [NAMES[pattern] ?? pattern, state, view.theme, view.width].join(' '))
  // Our pages have no frames, so everything can be done in the page itself: half the time.
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode(true).analyze()
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
  )
  if (view.width !== 320) await page.setViewportSize({ width: 320, height: 568 })
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  if (view.width !== 320) await page.setViewportSize({ width: view.width, height: 900 })
  return tooWide > 0 ? [...found, `${tooWide} pixels wider than a telephone`] : found
}

async function takePicture(page: Page, name: string): Promise<void> {
  const folder = pictures ?? '.'
  mkdirSync(folder, { recursive: true })
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: join(folder, `${name.replace(/[^a-z0-9]+/gi, '-')}.png`), fullPage: true })
}
