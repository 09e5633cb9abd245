/**
 * Looks at every component without a database: renders the sheets, photographs them at three widths in both themes.
 * `node test/gallery/shoot.ts FOLDER [sheet…]`; needs a built client for its stylesheet.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { chromium as playwright } from 'playwright-core'
import { createServer } from 'vite'

const [folder = 'gallery', ...only] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })

const assets = 'build/client/assets'
const file = readdirSync(assets).find((name) => name.endsWith('.css'))
if (!file) throw new Error('build the client first')
const css = readFileSync(join(assets, file), 'utf8').replace(
  /url\(\/assets\/([^)]+)\)/g,
  (_, font: string) => {
    const bytes = readFileSync(join(assets, font)).toString('base64')
    return `url(data:font/woff2;base64,${bytes})`
  },
)

const vite = await createServer({
  configFile: false,
  server: { middlewareMode: true },
  appType: 'custom',
  logLevel: 'error',
})
const gallery = await vite.ssrLoadModule('/test/gallery/gallery.tsx')
const browser = await playwright.launch({
  executablePath: await chromium.executablePath(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--headless=shell'],
})
const views = [
  ['wide', 1280, 'light'],
  ['dark', 1280, 'dark'],
  ['narrow', 320, 'light'],
  ['narrow-dark', 320, 'dark'],
] as const
for (const name of only.length > 0 ? only : (gallery.SHEET_NAMES as string[])) {
  for (const [label, width, theme] of views) {
    const page = await browser.newPage({ viewport: { width, height: 800 } })
    const body = gallery.renderSheet(name) as string
    await page.setContent(
      `<html lang="en" data-theme="${theme}"><head><style>${css}</style></head><body>${body}</body></html>`,
    )
    await page.evaluate(() => document.fonts.ready)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    await page.screenshot({ path: join(folder, `${name}-${label}.png`), fullPage: true })
    console.log(`${name} ${label}${overflow > 0 ? ` OVERFLOWS by ${overflow}` : ''}`)
    await page.close()
  }
}
await browser.close()
await vite.close()
