import { setTimeout as sleep } from 'node:timers/promises'

/** An answer as a browser without scripts would have it. */
export type Page = { status: number; location: string | null; body: string; retryAfter: string | null }

/** Is told of every answer, and by null that none came. */
export type Notice = (path: string, page: Page | null) => void

const ANSWER_LIMIT_MS = 20_000
/** People press reload after a second or two. */
const ASK_AGAIN_MS = { least: 1_000, most: 2_500 }

/** Somebody at a browser, over plain HTTP: keeps cookies, sends what browsers send, follows nothing by itself. */
export class Visitor {
  readonly origin: string
  readonly #cookies = new Map<string, string>()
  readonly #notice: Notice

  constructor(origin: string, notice: Notice = () => {}) {
    this.origin = origin
    this.#notice = notice
  }

  get(path: string): Promise<Page> {
    return this.#ask(path, { method: 'GET' })
  }

  post(path: string, form: URLSearchParams): Promise<Page> {
    const headers = { origin: this.origin, 'sec-fetch-site': 'same-origin' }
    return this.#ask(path, { method: 'POST', body: form, headers })
  }

  /** Signs in with a password; throws when that does not work. */
  async signIn(email: string, password: string): Promise<void> {
    const page = await this.post('/sign-in', new URLSearchParams({ email, password }))
    if (page.location === null)
      throw new Error(`${email} cannot sign in: ${page.status} ${page.body.slice(0, 500)}`)
  }

  async #ask(path: string, init: RequestInit): Promise<Page> {
    try {
      const page = await this.#fetch(path, init)
      this.#notice(path, page)
      return page
    } catch (error) {
      this.#notice(path, null)
      throw error
    }
  }

  async #fetch(path: string, init: RequestInit): Promise<Page> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(path, this.origin), {
      ...init,
      headers: { accept: 'text/html', ...init.headers, ...(cookie === '' ? {} : { cookie }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (name !== undefined) this.#cookies.set(name, value ?? '')
    }
    return {
      status: response.status,
      location: response.headers.get('location'),
      body: await response.text(),
      retryAfter: response.headers.get('retry-after'),
    }
  }
}

/**
 * Does what a person does before a page that does not come: the same again, until it comes or patience ends. An answer of
 * 429 or 5xx counts as none.
 */
export async function patiently(ask: () => Promise<Page>, patienceMs = 30_000): Promise<Page> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const answer = await ask().catch((error: unknown) => error)
    const isPage = typeof answer === 'object' && answer !== null && 'status' in answer
    if (isPage && (answer as Page).status < 500 && (answer as Page).status !== 429) return answer as Page
    if (performance.now() > deadline)
      throw new Error(`no page within ${patienceMs} ms: ${isPage ? (answer as Page).status : String(answer)}`)
    await sleep(ASK_AGAIN_MS.least + Math.random() * (ASK_AGAIN_MS.most - ASK_AGAIN_MS.least))
  }
}

/** The fields of the form that pays, as the page holds them; null when there is none. */
export function readCartForm(body: string): URLSearchParams | null {
  const form = new URLSearchParams()
  for (const [tag] of body.matchAll(/<input\b[^>]*>/g)) {
    const name = attributeOf(tag, 'name')
    const isField = name === 'payment' || name === 'currency' || name === 'shown-total'
    const isRow = name === 'invoice' || /^(amount|seen)-/.test(name ?? '')
    if (name !== null && (isField || isRow)) form.append(name, attributeOf(tag, 'value') ?? '')
  }
  if (!form.has('payment') || !form.has('invoice')) return null
  form.set('intent', 'pay')
  return form
}

function attributeOf(tag: string, name: string): string | null {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return value === undefined ? null : value.replaceAll('&amp;', '&').replaceAll('&quot;', '"')
}
