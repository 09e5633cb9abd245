import { FIELDS, type Field } from '#app/imports/profile.ts'

/** What each field is called on the mapping form. */
export const FIELD_WORDS: Readonly<Record<Field, string>> = {
  customerNumber: 'Customer number',
  customerName: 'Customer name',
  customerCountry: 'Customer country',
  invoiceNumber: 'Invoice number',
  issuedOn: 'Invoice date',
  dueOn: 'Due date',
  currency: 'Currency',
  total: 'Invoice total',
  net: 'Invoice net',
  tax: 'Invoice tax',
  taxRate: 'Tax rate of the invoice',
  poNumber: 'Purchase order number',
  note: 'Note',
  siteId: 'Branch',
  lineDescription: 'Line description',
  lineQuantity: 'Line quantity',
  lineUnit: 'Line unit',
  lineUnitPrice: 'Line unit price',
  lineNet: 'Line net',
  lineTaxRate: 'Line tax rate',
  settledOn: 'Settled on',
  isDisputed: 'Was disputed (Yes or No)',
}

/** Words by which a column gives itself away, compared without case, spaces and signs; the first fit wins. */
const HINTS: readonly (readonly [Field, RegExp])[] = [
  ['customerName', /^(customer|client|account|buyer)name$/],
  ['customerNumber', /^(customer|client|account|buyer|debtor)(id|no|nr|number|code|key)?$/],
  ['customerCountry', /country/],
  ['invoiceNumber', /^(invoice|document|inv|doc)(id|no|nr|number)?$/],
  ['dueOn', /due|payby/],
  ['settledOn', /^(settled|paid|cleared|clearing|payment)(on|date|day)?$/],
  ['issuedOn', /^((invoice|issue|issued|document|inv|doc)(on|date|day)|date)$/],
  ['currency', /currency|^(cur|ccy)$/],
  ['lineTaxRate', /^line(tax|vat)(rate|percent)$/],
  ['lineDescription', /description|article|item$|product/],
  ['lineQuantity', /quantity|^qty/],
  ['lineUnitPrice', /unitprice|^price$/],
  ['lineNet', /^line(net|amount|total)$/],
  ['lineUnit', /^(unit|uom)$/],
  ['taxRate', /^(tax|vat)(rate|percent)$/],
  ['tax', /^(invoice)?(tax|vat)(amount)?$/],
  ['net', /^(invoice)?net(amount)?$/],
  ['total', /total|gross|^(invoice)?amount$/],
  ['poNumber', /^po|purchaseorder/],
  ['note', /note|remark|comment/],
  ['siteId', /site|branch|location/],
  ['isDisputed', /disputed?/],
]

/** The column that most likely holds each field; every column is proposed once. */
export function guessColumns(columns: readonly string[]): Partial<Record<Field, string>> {
  const guess: Partial<Record<Field, string>> = {}
  for (const column of columns) {
    const plain = column.toLowerCase().replace(/[^a-z]/g, '')
    const hint = HINTS.find(([field, pattern]) => guess[field] === undefined && pattern.test(plain))
    if (hint !== undefined) guess[hint[0]] = column
  }
  return guess
}

/** A mapping from the fields of the mapping form, to be checked by `parseProfile`; empty choices are left out. */
export function mappingFromForm(value: (name: string) => string): unknown {
  const fields = Object.fromEntries(
    FIELDS.flatMap((field) => {
      const column = value(`field.${field}`)
      return column === '' ? [] : [[field, { column }]]
    }),
  )
  const constantCurrency = value('currency')
  return {
    title: value('title'),
    kind: 'invoices',
    layout: value('layout'),
    source: value('source'),
    delimiter: value('delimiter') === 'tab' ? '\t' : value('delimiter'),
    encoding: value('encoding'),
    dateFormat: value('dateFormat'),
    decimal: value('decimal'),
    fields: constantCurrency === '' ? fields : { ...fields, currency: { constant: constantCurrency } },
  }
}
