import { type Profile, profileSchema } from '#app/imports/profile.ts'

const column = (name: string): { column: string } => ({ column: name })
const optional = (name: string): { column: string; optional: true } => ({ column: name, optional: true })

/** Our own layout: one row per invoice line, the lines of an invoice one after another. */
export const quittanceInvoices: Profile = profileSchema.parse({
  title: 'Quittance layout: one row per invoice line',
  kind: 'invoices',
  layout: 'line-per-row',
  source: 'erp',
  fields: {
    customerNumber: column('customer_number'),
    customerName: optional('customer_name'),
    customerCountry: optional('customer_country'),
    invoiceNumber: column('invoice_number'),
    issuedOn: column('issued_on'),
    dueOn: column('due_on'),
    currency: { column: 'currency', transform: 'upperCase' },
    poNumber: optional('po_number'),
    note: optional('note'),
    siteId: optional('site_id'),
    lineDescription: column('line_description'),
    lineQuantity: column('quantity'),
    lineUnit: optional('unit'),
    lineUnitPrice: column('unit_price'),
    lineNet: optional('line_net'),
    lineTaxRate: optional('tax_rate'),
    net: optional('invoice_net'),
    tax: optional('invoice_tax'),
    total: optional('invoice_total'),
    settledOn: optional('settled_on'),
  },
})

/** A receivables history in US dollars: one row per invoice with its settlement and whether it was disputed. */
export const receivablesHistory: Profile = profileSchema.parse({
  title: 'Receivables history: one row per invoice, US dates, US dollars',
  kind: 'invoices',
  layout: 'invoice-per-row',
  source: 'receivables-history',
  dateFormat: 'M/D/YYYY',
  fields: {
    customerNumber: column('customerID'),
    customerCountry: column('countryCode'),
    invoiceNumber: column('invoiceNumber'),
    issuedOn: column('InvoiceDate'),
    dueOn: column('DueDate'),
    currency: { constant: 'USD' },
    total: column('InvoiceAmount'),
    isDisputed: column('Disputed'),
    settledOn: column('SettledDate'),
  },
  checks: [
    { column: 'DaysToSettle', from: 'issuedOn', to: 'settledOn' },
    { column: 'DaysLate', from: 'dueOn', to: 'settledOn', atLeastZero: true },
  ],
})

/** The profiles that come with the product, by name; a saved profile cannot take one of these names. */
export const SHIPPED_PROFILES: Readonly<Record<string, Profile>> = {
  'quittance-invoices': quittanceInvoices,
  'receivables-history': receivablesHistory,
}
