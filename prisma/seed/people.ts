import type { PersonId } from '#app/books/ids.ts'
import { type DemoPerson, writeDemoPeople } from '#app/parties/demo-people.server.ts'
import { createPerson, grantBuyerRights, makeStaff } from '#app/parties/people.server.ts'
import type { Right, StaffRole } from '#app/parties/rights.ts'
import { enrolTotp } from '#app/parties/second-factor.server.ts'
import { db } from '#app/platform/db.server.ts'
import { DEMO_SOURCE } from './write-story.ts'

/** Of everybody in the demo; it listens on this machine only and holds nothing real. */
const PASSWORD = 'copper lantern tidy otter'

const ALL: readonly Right[] = ['view', 'pay', 'dispute', 'plans', 'administer']

type Buyer = { name: string; email: string; role: string; rights: Readonly<Record<string, readonly Right[]>> }
type Staff = { name: string; email: string; role: string; staffRole: StaffRole }

const BUYERS: readonly Buyer[] = [
  {
    name: 'Mara Ellisgard',
    email: 'mara@quillhaven.example',
    role: 'Buyer: pays for Quillhaven Coffee Roasters',
    rights: { 'C-1001': ALL },
  },
  {
    name: 'Tobin Ashgrave',
    email: 'tobin@kestrelby.example',
    role: 'Buyer: pays for two customers, Kestrelby Outfitters and Kestrelby Online',
    rights: { 'C-1011': ['view', 'pay', 'dispute'], 'C-1012': ALL },
  },
  {
    name: 'Ingrid Falkvale',
    email: 'ingrid@lindqvale.example',
    role: 'Buyer: pays for Lindqvale Export, in euros and dollars',
    rights: { 'C-1010': ALL },
  },
  {
    name: 'Lena Corwickson',
    email: 'lena@quillhaven.example',
    role: 'Buyer: may only look, at Quillhaven Coffee Roasters',
    rights: { 'C-1001': ['view'] },
  },
]

const STAFF: readonly Staff[] = [
  { name: 'Priya Vennamore', email: 'priya@larkmoor.example', role: 'Staff: clerk', staffRole: 'clerk' },
  { name: 'Owen Hartlebury', email: 'owen@larkmoor.example', role: 'Staff: manager', staffRole: 'manager' },
]

/** Makes the demo's buyers and staff, and writes down how to sign in as them. May be repeated. */
export async function writePeople(): Promise<void> {
  const customers = await db.customer.findMany({
    where: { source: DEMO_SOURCE },
    select: { id: true, number: true },
  })
  const idOf = (number: string): string => {
    const customer = customers.find((each) => each.number === number)
    if (customer === undefined) throw new Error(`there is no demo customer ${number}`)
    return customer.id
  }
  const ids = await Promise.all(
    [...BUYERS, ...STAFF].map(({ name, email }) => createPerson({ name, email, password: PASSWORD })),
  )
  const personOf = new Map<string, PersonId>()
  ;[...BUYERS, ...STAFF].forEach(({ email }, index) => {
    const id = ids[index]
    if (id !== undefined) personOf.set(email, id)
  })
  const signIns: DemoPerson[] = []
  for (const { name, email, role, rights } of BUYERS) {
    for (const [number, granted] of Object.entries(rights))
      await grantBuyerRights(mustHave(personOf, email), idOf(number), granted)
    signIns.push({ name, email, password: PASSWORD, role })
  }
  for (const { name, email, role, staffRole } of STAFF) {
    const id = mustHave(personOf, email)
    await makeStaff(id, staffRole)
    signIns.push({ name, email, password: PASSWORD, role, totpSecret: await enrolTotp(id) })
  }
  await writeDemoPeople(signIns)
}

function mustHave(personOf: ReadonlyMap<string, PersonId>, email: string): PersonId {
  const id = personOf.get(email)
  if (id === undefined) throw new Error(`${email} was not created`)
  return id
}
