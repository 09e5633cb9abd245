/**
 * What the portal's web process is compared with: a bare React Router page and plain node:http, both with the session query and
 * the list queries of the portal, and a bare intake of webhooks; in a process of their own. Prints its port when it listens.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { createRequestListener } from '@react-router/node'
import { RouterContextProvider, type ServerBuild } from 'react-router'
import { parseInvoiceFilter } from '#app/invoices/invoice-filter.ts'
import { listInvoices } from '#app/invoices/invoice-queries.server.ts'
import type { InvoicePage } from '#app/invoices/invoice-view.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { sessionOf } from '#app/parties/session.server.ts'
import type { readList } from '#scripts/bench/bare-app/app/list-context.ts'
import { takeBareWebhook } from '#scripts/bench/bare-webhook.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'

type Build = ServerBuild & { entry: { module: { readList: typeof readList } } }

const build: Build = await import(pathToFileURL(projectPath('build/bench-bare/server/index.js')).href)

async function readPage(request: Request): Promise<InvoicePage> {
  const person = await sessionOf(request)
  const customer = person?.customers[0]
  if (customer === undefined) throw new Error('nobody is signed in')
  const reading = await readingFor(request)
  const { filter, paging } = parseInvoiceFilter(new URL(request.url).searchParams, { defaultStatus: 'open' })
  return listInvoices({ customerId: customer.id }, filter, paging, reading)
}

const bare = createRequestListener({
  build,
  mode: 'production',
  getLoadContext: () => {
    const context = new RouterContextProvider()
    context.set(build.entry.module.readList, async (request) =>
      (await readPage(request)).rows.map((row) => ({
        id: row.id,
        number: row.number,
        issuedOn: row.issuedOn.text,
        dueOn: row.dueOn.text,
        po: row.poNumber,
        total: row.total.text,
        open: row.open.text,
      })),
    )
    return context
  },
})

const asRequest = (message: IncomingMessage): Request =>
  new Request(`http://127.0.0.1${message.url}`, { headers: { cookie: message.headers.cookie ?? '' } })

function html(page: InvoicePage): string {
  const rows = page.rows.map(
    (row) =>
      `<tr><td>${row.number}</td><td>${row.issuedOn.text}</td><td>${row.dueOn.text}</td><td>${row.poNumber ?? ''}</td><td>${row.total.text}</td><td>${row.open.text}</td></tr>`,
  )
  return `<!doctype html><html lang="en"><body><table><tbody>${rows.join('')}</tbody></table></body></html>`
}

const server = createServer(async (message, response) => {
  const { pathname } = new URL(message.url ?? '/', 'http://127.0.0.1')
  if (pathname === '/') return bare(message, response)
  try {
    if (message.method === 'POST') {
      const signature = String(message.headers['stripe-signature'])
      const isGenuine = await takeBareWebhook(await text(message), signature)
      response.writeHead(isGenuine ? 200 : 400).end()
      return
    }
    const page = await readPage(asRequest(message))
    const isJson = pathname === '/plain.json'
    response.setHeader('Content-Type', isJson ? 'application/json' : 'text/html; charset=utf-8')
    response.end(isJson ? JSON.stringify(page) : html(page))
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ port: (server.address() as { port: number }).port })),
)
process.on('disconnect', () => process.exit(0))
