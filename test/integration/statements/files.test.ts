import { parse } from 'csv-parse/sync'
import { beforeAll, expect, test } from 'vitest'
import { asId, encodeId } from '#app/books/ids.ts'
import { embeddedFiles } from '#app/ledger/pdf-attachment.ts'
import { grantBuyerRights } from '#app/parties/people.server.ts'
import { signInWithPassword } from '#app/parties/sign-in.server.ts'
import { freshAddress, makePerson, PASSWORD, requestWith } from '#test/integration/parties/people.ts'
import {
  createCustomer,
  createSupplier,
  invoiceRow,
  issueInvoices,
  openPayment,
  settlePayment,
} from '#test/support/books.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'

let portal: Portal
let cookies: string[]
let base: string
let foreign: string
let invoiceId: string
let paymentId: string

beforeAll(async () => {
  await createSupplier()
  const customerId = await createCustomer()
  const { id, email } = await makePerson()
  await grantBuyerRights(id, asId<'cst'>(customerId), ['view'])
  const asker = { request: requestWith(), address: freshAddress() }
  const answer = await signInWithPassword(asker, email, PASSWORD)
  if (!answer.ok) throw new Error(`signing in ended as ${answer.reason}`)
  cookies = answer.cookies
  const rows = [900n, 1_000n, 1_100n].map((total) => invoiceRow(customerId, total, { number: `F-${total}` }))
  await issueInvoices(rows)
  invoiceId = encodeId('inv', rows[0]?.id ?? '')
  const opened = await openPayment(customerId, [{ invoiceId: rows[0]?.id ?? '', amountMinor: 900n }])
  await settlePayment(opened.paymentId, 900n)
  paymentId = encodeId('pay', opened.paymentId)
  base = `/c/${encodeId('cst', customerId)}`
  foreign = `/c/${encodeId('cst', await createCustomer())}`
  portal = await openPortal()
}, 120_000)

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  portal.handle(requestWith(cookies, path, { headers }))

const period = 'from=2026-01-01&to=2026-12-31'

test('the list as a file holds the rows of its filter', async () => {
  const response = await get(`${base}/invoices.csv?status=open&sort=number-asc`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="invoices.csv"')
  const rows = parse(await response.text(), { columns: true }) as Record<string, string>[]
  expect(rows.map((row) => [row.Invoice, row.Open])).toEqual([
    ['F-1000', '10.00'],
    ['F-1100', '11.00'],
  ])
})

test('programs get the list with exact amounts', async () => {
  const response = await get(`${base}/invoices.json?status=all&sort=number-asc`)
  const page = (await response.json()) as {
    count: number
    rows: { number: string; total: { minor: string } }[]
  }
  expect(page.count).toBe(3)
  expect(page.rows.map((row) => row.total.minor)).toEqual(['1000', '1100', '900'])
})

test('statements as files: the closing balance is the same in CSV and JSON', async () => {
  const csv = parse(await (await get(`${base}/statement.csv?${period}`)).text(), { columns: true }) as Record<
    string,
    string
  >[]
  const [statement] = (await (await get(`${base}/statement.json?${period}`)).json()) as {
    closing: { text: string }
  }[]
  expect(csv.at(-1)).toMatchObject({ Kind: 'closing', Balance: '21.00', Debit: '30.00', Credit: '9.00' })
  expect(statement?.closing.text).toBe('21.00')
  const items = parse(await (await get(`${base}/open-items.csv`)).text(), { columns: true }) as Record<
    string,
    string
  >[]
  expect(items.map((row) => row.Invoice)).toEqual(['F-1000', 'F-1100'])
  const [open] = (await (await get(`${base}/open-items.json`)).json()) as {
    total: { open: { minor: string } }
  }[]
  expect(open?.total.open.minor).toBe('2100')
})

test('papers open in the browser, and the same bytes are not sent twice', async () => {
  const papers = [
    `${base}/statement.pdf?${period}`,
    `${base}/open-items.pdf?as-of=2026-03-01`,
    `${base}/invoices/${invoiceId}/invoice.pdf`,
    `${base}/payments/${paymentId}/receipt.pdf?sheet=a4`,
  ]
  for (const path of papers) {
    const response = await get(path)
    expect([path, response.status]).toEqual([path, 200])
    expect(response.headers.get('content-type')).toBe('application/pdf')
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
    expect(Number(response.headers.get('content-length'))).toBe(bytes.length)
    const again = await get(path, { 'If-None-Match': response.headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
  }
})

test('the disclosure file is the one inside the receipt', async () => {
  const file = await get(`${base}/payments/${paymentId}/receipt.json`)
  const pdf = await get(`${base}/payments/${paymentId}/receipt.pdf`)
  const [inside] = await embeddedFiles(new Uint8Array(await pdf.arrayBuffer()))
  expect(Buffer.from(inside ?? []).toString()).toBe(await file.text())
})

test.each([
  ['invoices.csv?due-from=soon', 'due-from'],
  ['invoices.json?min=ten', 'min'],
  ['statement.pdf?from=2026-12-31&to=2026-01-01', 'first day'],
  ['statement.csv?to=2026-02-30', 'last day'],
  ['statement.json?from=x', 'first day'],
  ['open-items.pdf?as-of=2999-01-01', 'a day before'],
  ['open-items.csv?as-of=x', '2026-12-31'],
  ['open-items.json?as-of=x', '2026-12-31'],
  ['statement.pdf?known-at=x', 'known-at'],
])('%s is refused with a sentence, and no file is made', async (path, words) => {
  const response = await get(`${base}/${path}`)
  expect(response.status).toBe(400)
  expect(await response.text()).toContain(words)
})

test('no file of another customer, and none of an invoice or payment that is not there', async () => {
  const files = [
    'invoices.csv',
    'invoices.json',
    'statement.pdf',
    'statement.csv',
    'open-items.pdf',
    'open-items.csv',
  ]
  const nobody = 'f'.repeat(32)
  const paths = [
    ...files.map((file) => `${foreign}/${file}`),
    `${foreign}/invoices/${invoiceId}/invoice.pdf`,
    `${foreign}/payments/${paymentId}/receipt.pdf`,
    `${base}/invoices/inv_${nobody}/invoice.pdf`,
    `${base}/invoices/${invoiceId}/invoice.pdf?version=2`,
    `${base}/invoices/${invoiceId}/invoice.pdf?version=x`,
    `${base}/payments/pay_${nobody}/receipt.pdf`,
    `${base}/payments/nonsense/receipt.json`,
  ]
  for (const path of paths) expect([path, (await get(path)).status]).toEqual([path, 404])
})
