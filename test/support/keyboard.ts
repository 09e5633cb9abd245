/** Getting about with the keyboard alone, and seeing at each step where one is. */
import type { Locator, Page } from 'playwright-core'

/** More steps than any page of the portal has stops. */
const MOST_STEPS = 120

type Stop = { what: string; hasRing: boolean; isCovered: boolean }

/** Presses Tab until the target has the focus; every stop on the way must show that it has it, and not lie hidden. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(readStop)
    if (stop !== null && !stop.hasRing) throw new Error(`the focus cannot be seen on ${stop.what}`)
    if (stop?.isCovered) throw new Error(`something covers ${stop.what} while it has the focus`)
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return
  }
  throw new Error(`Tab never reached ${target}`)
}

/** Runs in the page: where the focus is, and whether a person can see it there. Null on the page itself. */
function readStop(): Stop | null {
  const element = document.activeElement
  if (element === null || element === document.body) return null
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
  const hasRing = (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
  const box = element.getBoundingClientRect()
  const across = [0.1, 0.5, 0.9].map((part) => box.left + box.width * part)
  const down = [0.2, 0.5, 0.8].map((part) => box.top + box.height * part)
  const isSeen = across.some((x) =>
    down.some((y) => {
      const top = document.elementFromPoint(x, y)
      return top !== null && (element.contains(top) || top.contains(element))
    }),
  )
  return { what: element.outerHTML.slice(0, 200), hasRing, isCovered: !isSeen }
}
