import type { CartRow, CartView } from '#app/components/cart/cart-view.ts'
import type { InvoiceListView } from '#app/components/invoices/invoice-list.tsx'
import type { InvoiceListRow } from '#app/components/invoices/invoice-list-row.ts'
import type { PaymentEvent } from '#app/components/payments/payment-timeline.tsx'
import type { ReceiptView } from '#app/components/payments/receipt-sheet.tsx'
import type { AgingView } from '#app/components/statements/aging.tsx'
import type { StatementRow } from '#app/components/statements/statement-table.tsx'

/** Invented figures in every state, for looking at the components without a database. */
const row = (over: Partial<InvoiceListRow>): InvoiceListRow => ({
  id: 'inv_1',
  number: 'INV-20418',
  po: null,
  issuedOn: '3 Nov 2026',
  dueOn: '3 Dec 2026',
  dueWords: 'in 10 days',
  late: false,
  state: 'open',
  total: '840.50',
  open: '840.50',
  currency: 'USD',
  payableMinor: '84050',
  ...over,
})

const PAST_DUE = row({
  id: 'inv_2',
  number: 'INV-20391',
  po: 'PO 4500-1187',
  issuedOn: '12 Oct 2026',
  dueOn: '11 Nov 2026',
  dueWords: '12 days late',
  late: true,
  state: 'past-due',
  total: '400.00',
  open: '400.00',
  payableMinor: '40000',
})

export const ROWS: readonly InvoiceListRow[] = [
  PAST_DUE,
  row({}),
  row({
    id: 'inv_3',
    number: 'INV-20377',
    state: 'on-its-way',
    total: '1,204.00',
    open: '1,204.00',
    payableMinor: '0',
  }),
  row({
    id: 'inv_4',
    number: 'INV-20350',
    state: 'disputed',
    total: '96.20',
    open: '96.20',
    payableMinor: '1000',
  }),
  row({
    id: 'inv_5',
    number: 'INV-20344',
    state: 'part-settled',
    total: '12,650.00',
    open: '650.00',
    payableMinor: '65000',
  }),
  row({
    id: 'inv_6',
    number: 'INV-20310',
    state: 'settled',
    dueWords: null,
    total: '77.15',
    open: '0.00',
    payableMinor: '0',
  }),
]

export const LIST: InvoiceListView = {
  base: '/c/cst_1',
  rows: ROWS,
  amountsIn: 'USD',
  summary: '1–6 of 58 invoices, $14,240.70 open',
  values: { q: '', status: 'open', sort: 'due-asc', 'due-from': '', 'due-to': '', min: '', max: '', po: '' },
  statuses: [
    ['open', 'Open'],
    ['past-due', 'Past due'],
    ['settled', 'Settled'],
    ['all', 'All'],
  ],
  sorts: [
    ['due-asc', 'Due first'],
    ['issued-desc', 'Newest first'],
  ],
  clearHref: '/c/cst_1/invoices',
  currency: '',
  previous: null,
  next: 'abc',
  picked: ['inv_1', 'inv_2'],
  pickedElsewhere: { count: 0, sums: [] },
  payHref: '/c/cst_1/pay',
  payAllHref: '/c/cst_1/pay?all=open',
  csvHref: '/c/cst_1/invoices.csv',
}

const cartRow = (
  id: string,
  minor: string,
): Pick<
  CartRow,
  | 'leftMinor'
  | 'creditMinor'
  | 'credits'
  | 'offer'
  | 'seenField'
  | 'seen'
  | 'reasonField'
  | 'reason'
  | 'reasonError'
> => ({
  leftMinor: minor,
  creditMinor: '0',
  credits: [],
  offer: null,
  seenField: `seen-${id}`,
  seen: `${minor}.0.0`,
  reasonField: `reason-${id}`,
  reason: '',
  reasonError: null,
})

export const CART: CartView = {
  paymentId: 'pay_1',
  currency: 'USD',
  toleranceMinor: '0',
  reasons: [['later', 'I will pay the rest later']],
  needsReason: false,
  onAccount: null,
  onAccountError: null,
  lumpSum: '',
  lumpSumError: null,
  rows: [
    {
      invoiceId: 'inv_2',
      field: 'amount-inv_2',
      number: 'INV-20391',
      href: '/c/cst_1/invoices/inv_2',
      dueOn: '11 Nov 2026',
      dueWords: '12 days late',
      late: true,
      payable: '400.00',
      ...cartRow('inv_2', '40000'),
      typed: '400.00',
      ticked: true,
      error: null,
    },
    {
      invoiceId: 'inv_1',
      field: 'amount-inv_1',
      number: 'INV-20418',
      href: '/c/cst_1/invoices/inv_1',
      dueOn: '3 Dec 2026',
      dueWords: 'in 10 days',
      late: false,
      payable: '840.50',
      ...cartRow('inv_1', '84050'),
      typed: '8400.50',
      ticked: true,
      error: 'The most that can be paid on this invoice is 840.50.',
    },
  ],
}

const BUCKETS = [
  ['Not due', '4,936.32', '493632', 86, false],
  ['1–30 days', '788.74', '78874', 13, true],
  ['31–60 days', '240.00', '24000', 2, true],
  ['61–90 days', '0.00', '0', 0, true],
  ['91–120 days', '0.00', '0', 0, true],
  ['Over 120 days', '61.10', '6110', 1, true],
] as const

export const AGING: AgingView = {
  currency: 'USD',
  asOf: '31 Dec 2012',
  summary: 'Of 6,026.16 open, 4,936.32 is not due and 1,089.84 is late.',
  buckets: BUCKETS.map(([name, amount, minor, count, late]) => ({
    key: name,
    name,
    amount,
    spoken: `$${amount}`,
    minor,
    count,
    late,
    disputed: '0.00',
    onPlan: '0.00',
  })),
  total: { count: 102, amount: '6,026.16', disputed: '0.00', onPlan: '0.00' },
}

export const STATEMENT: readonly StatementRow[] = [
  {
    key: 'a',
    on: '3 Nov 2026',
    what: 'Invoice INV-20418',
    href: '/x',
    note: 'PO 4500-1190',
    debit: '840.50',
    credit: '',
    balance: '2,440.50',
  },
  {
    key: 'b',
    on: '9 Nov 2026',
    what: 'Payment P-1007',
    href: '/x',
    note: 'Visa ending 4242',
    debit: '',
    credit: '1,600.00',
    balance: '840.50',
  },
  {
    key: 'c',
    on: '14 Nov 2026',
    what: 'Credit C-77',
    href: null,
    note: 'Damaged carton',
    debit: '',
    credit: '40.50',
    balance: '800.00',
  },
]

const event = (over: Partial<PaymentEvent>): PaymentEvent => ({
  key: 'a',
  what: 'You confirmed the payment',
  who: 'Ana Ruiz',
  when: '23 Nov 2026, 09:12 EST',
  at: '2026-11-23T14:12:00Z',
  amount: '$1,240.50',
  state: 'open',
  ledger: 'none',
  ledgerDetails: [],
  note: null,
  future: false,
  ...over,
})

export const EVENTS: readonly PaymentEvent[] = [
  event({}),
  event({
    key: 'b',
    what: 'The card service took the money',
    who: null,
    when: '23 Nov 2026, 09:13 EST',
    state: 'on-its-way',
    note: 'Visa ending 4242',
  }),
  event({
    key: 'c',
    what: 'Booked on two invoices',
    who: null,
    when: '23 Nov 2026, 09:13 EST',
    state: 'settled',
    ledger: 'recorded',
    amount: null,
  }),
  event({
    key: 'd',
    what: 'Cannot be taken back any more',
    who: null,
    when: '22 Jan 2027',
    at: null,
    amount: null,
    future: true,
  }),
]

export const RECEIPT: ReceiptView = {
  number: 'P-1007',
  supplier: { name: 'Halden Paper Company', lines: ['18 Mill Lane', 'Portland, OR 97209', 'United States'] },
  customer: { name: 'Aurora Books Ltd', lines: ['200 Harbor Street', 'Boston, MA 02110'] },
  paidOn: '23 Nov 2026',
  method: 'by Visa ending 4242',
  total: '$1,240.50',
  currency: 'USD',
  items: [
    { key: 'a', number: 'INV-20391', href: '/x', amount: '400.00', takenOff: null, openAfter: '0.00' },
    { key: 'b', number: 'INV-20418', href: '/x', amount: '840.50', takenOff: null, openAfter: '0.00' },
  ],
  fee: null,
  unapplied: null,
  reversals: [],
  ledger: 'recorded',
  ledgerDetails: [
    {
      what: 'payment.applied to INV-20391',
      recordedAt: '23 Nov 2026, 09:13 EST',
      chainId: '31337',
      contract: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
      transaction: '0x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      block: '1204',
      commitment: '0x60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',
    },
  ],
}
