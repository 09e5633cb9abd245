/** The invented supplier and its customers. None of these names belongs to anybody; `.example` reaches nobody. */

export const SUPPLIER = {
  name: 'Larkmoor Packaging',
  legalName: 'Larkmoor Packaging Company, Inc.',
  addressLines: ['410 Millbasin Road, Suite 2', 'Alder Hollow, NY 12999'],
  countryCode: 'US',
  taxNumber: '00-4410772',
  email: 'receivables@larkmoor.example',
  phone: '+1 518 555 0140',
  timeZone: 'America/New_York',
  locale: 'en-US',
} as const

/** How the supplier lets its customers pay in dollars; in other currencies the defaults hold. Minor units. */
export const PAYMENT_POLICY = {
  currency: 'USD',
  toleranceMinor: 100n,
  creditsFirst: true,
  autopayCapMinor: 5_000_000n,
} as const

/** How a customer pays, in days after the due date (negative is before). */
export type Habit = {
  daysAfterDue: readonly [low: number, high: number]
  /** Pays all invoices of a month in one payment. */
  inBulk: boolean
  /** One in so many invoices is paid in two parts; 0 for never. */
  splitsOneIn: number
  /** Leaves one invoice of each age unpaid: 31 to 60 days late, 61 to 90, 91 to 120, and over. */
  leavesUnpaid: boolean
}

export type DemoCustomer = {
  number: string
  name: string
  email: string
  addressLines: readonly string[]
  country: string
  /** Most of its invoices; `secondCurrency` gets every fourth. */
  currency: 'USD' | 'EUR'
  secondCurrency?: 'USD' | 'EUR'
  isTaxed: boolean
  termDays: number
  invoicesPerMonth: readonly [low: number, high: number]
  /** What it saves by paying an invoice within so many days of its issue; its newest invoice is still young enough. */
  earlyPayment?: { rateBps: number; days: number }
  habit: Habit
}

const prompt: Habit = { daysAfterDue: [-6, 2], inBulk: false, splitsOneIn: 0, leavesUnpaid: false }
const monthly: Habit = { daysAfterDue: [-3, 4], inBulk: true, splitsOneIn: 0, leavesUnpaid: false }
const slow: Habit = { daysAfterDue: [4, 28], inBulk: false, splitsOneIn: 9, leavesUnpaid: false }
const late: Habit = { daysAfterDue: [25, 75], inBulk: false, splitsOneIn: 6, leavesUnpaid: true }

function customer(
  number: string,
  name: string,
  street: string,
  town: string,
  habit: Habit,
  other: Partial<DemoCustomer> = {},
): DemoCustomer {
  const mailbox =
    name
      .toLowerCase()
      .replace(/[^a-z ]/g, '')
      .split(' ')[0] ?? 'accounts'
  return {
    number,
    name,
    email: `accounts@${mailbox}.example`,
    addressLines: [street, town],
    country: 'US',
    currency: 'USD',
    isTaxed: true,
    termDays: 30,
    invoicesPerMonth: [2, 4],
    habit,
    ...other,
  }
}

export const CUSTOMERS: readonly DemoCustomer[] = [
  customer('C-1001', 'Quillhaven Coffee Roasters', '18 Roastery Lane', 'Quillhaven, VT 05999', slow, {
    invoicesPerMonth: [4, 6],
    earlyPayment: { rateBps: 200, days: 10 },
  }),
  customer('C-1002', 'Marrowby Foods', '2200 Cannery Street', 'Marrowby, MA 01999', monthly, {
    invoicesPerMonth: [4, 5],
  }),
  customer('C-1003', 'Tesselthorn Florists', '7 Conservatory Walk', 'Upper Denning, CT 06999', prompt),
  customer('C-1004', 'Pinvale Organics', '91 Orchard Spur', 'Pinvale, NY 12998', monthly, { termDays: 45 }),
  customer('C-1005', 'Dunmarrow Hardware', '640 Foundry Road', 'Dunmarrow, PA 18999', late),
  customer('C-1006', 'Ferrisgate Books', '33 Bindery Court', 'Ferrisgate, RI 02999', prompt, {
    invoicesPerMonth: [1, 3],
  }),
  customer('C-1007', 'Solvane Skincare', '12 Distillery Row', 'Solvane, NJ 08999', slow),
  customer('C-1008', 'Obbinwood Toys', '5 Carousel Place', 'Obbinwood, NH 03999', late, {
    invoicesPerMonth: [1, 3],
  }),
  customer('C-1009', 'Harrowmint Pharmacies', '1480 Apothecary Avenue', 'Harrowmint, DE 19999', prompt, {
    invoicesPerMonth: [4, 6],
    termDays: 14,
  }),
  customer('C-1010', 'Lindqvale Export', 'Hamnkajen 4', 'Lindqvale, Sweden', monthly, {
    country: 'SE',
    currency: 'EUR',
    secondCurrency: 'USD',
    isTaxed: false,
    termDays: 45,
  }),
  customer('C-1011', 'Kestrelby Outfitters', '77 Ridgeline Drive', 'Kestrelby, ME 04999', slow),
  customer('C-1012', 'Kestrelby Online', '77 Ridgeline Drive', 'Kestrelby, ME 04999', prompt, {
    email: 'accounts@kestrelby-online.example',
  }),
]
