/**
 * One person's way through the running product, in a real browser. Each journey has a browser context of its own; what
 * a page throws fails it, and a failure names the page on which it happened.
 */
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchBrowser } from '#test/support/browser.ts'

/** How the person's browser is set. */
export type View = {
  javaScript?: boolean
  theme?: 'light' | 'dark'
  /** CSS pixels; 320 is a small telephone, 1280 a desk. */
  width?: 320 | 1280
}

export type Journey = { page: Page; context: BrowserContext; browser: Browser }

const SMALL = { width: 320, height: 568 }
const WIDE = { width: 1280, height: 900 }
/** Ends a wait for what will never come; a busy machine is no reason to fail. */
const LONGEST_WAIT_MS = 30_000

/** The product that `npm test` started for the journeys. */
export const product = inject('product')

let browser: Browser | undefined
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

/** A new browser window, as nobody yet. `errors` collects what its pages throw. */
export async function openWindow(
  from: Browser,
  { javaScript = true, theme = 'light', width = 1280 }: View,
  errors: string[] = [],
): Promise<BrowserContext> {
  const context = await from.newContext({
    baseURL: product.origin,
    javaScriptEnabled: javaScript,
    colorScheme: theme,
    viewport: width === 320 ? SMALL : WIDE,
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(LONGEST_WAIT_MS)
  context.on('weberror', (error) => errors.push(error.error().message))
  return context
}

/** A test that is one journey. */
export function journey(name: string, view: View, walk: (journey: Journey) => Promise<void>): void {
  test(name, async () => {
    if (browser === undefined) throw new Error('there is no browser')
    const errors: string[] = []
    const context = await openWindow(browser, view, errors)
    const page = await context.newPage()
    try {
      await walk({ page, context, browser })
    } catch (error) {
      throw new Error(`${message(error)}\n\non the page ${await describe(context)}`, { cause: error })
    } finally {
      await context.close()
    }
    expect(errors).toEqual([])
  })
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function describe(context: BrowserContext): Promise<string> {
  const page = context.pages().at(-1)
  if (page === undefined) return 'that was closed'
  const text = await textOf(page.locator('body'))
  return `${page.url()}:
${text.slice(0, 1_500)}`
}

/** What a person reads in a part of a page. */
export async function textOf(part: Locator): Promise<string> {
  return (await part.allInnerTexts()).join('\n')
}
