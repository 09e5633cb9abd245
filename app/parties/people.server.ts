import { asId, newId, type PersonId } from '#app/books/ids.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { passwordProblem } from '#app/parties/password.ts'
import { hashPassword } from '#app/parties/password-hash.server.ts'
import type { Right, StaffRole } from '#app/parties/rights.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'

export type NewPerson = {
  id?: PersonId
  name: string
  email: string
  /** Without one the person signs in by mailed link only. */
  password?: string
}

/**
 * Makes a person, or finds the one with that address and leaves it as it is. Throws when the password breaks a rule:
 * whoever calls this has shown the rule before.
 */
export async function createPerson(person: NewPerson): Promise<PersonId> {
  const email = person.email.trim().toLowerCase()
  const problem =
    person.password === undefined ? null : passwordProblem(person.password, [person.name, email])
  if (problem !== null) throw new Error(`the password of ${email} cannot be taken: ${problem}`)
  const password = person.password === undefined ? undefined : await hashPassword(person.password)
  return withTransaction(async (tx) => {
    const now = await readNow(tx)
    const existing = await tx.person.findUnique({ where: { email }, select: { id: true } })
    if (existing !== null) return asId<'per'>(existing.id)
    const id: PersonId = person.id ?? newId()
    await tx.person.create({
      data: { id, name: person.name, email, emailVerified: true, createdAt: now, updatedAt: now },
    })
    if (password !== undefined) await storePassword(tx, id, password, now)
    await recordAudit({ actorKind: 'command', action: 'person.created', subjectId: id }, tx)
    return id
  })
}

async function storePassword(tx: Tx, personId: string, password: string, now: Date): Promise<void> {
  await tx.credential.create({
    data: {
      id: newId(),
      accountId: personId,
      providerId: 'credential',
      personId,
      password,
      createdAt: now,
      updatedAt: now,
    },
  })
}

/** Gives a person rights for a customer, in place of those that they had there. Acts on their next request. */
export async function grantBuyerRights(
  personId: string,
  customerId: string,
  rights: readonly Right[],
): Promise<void> {
  const flags = {
    canPay: rights.includes('pay'),
    canDispute: rights.includes('dispute'),
    canRequestPlans: rights.includes('plans'),
    canAdminister: rights.includes('administer'),
  }
  await withTransaction(async (tx) => {
    await tx.buyerRight.upsert({
      where: { personId_customerId: { personId, customerId } },
      create: { personId, customerId, createdAt: await readNow(tx), ...flags },
      update: flags,
    })
    const detail = { rights: rights.join(',') }
    await recordAudit(
      { actorKind: 'command', action: 'rights.granted', customerId, subjectId: personId, detail },
      tx,
    )
  })
}

/** Takes all rights for a customer away. Acts on the person's next request. */
export async function revokeBuyerRights(personId: string, customerId: string): Promise<void> {
  await withTransaction(async (tx) => {
    await tx.buyerRight.deleteMany({ where: { personId, customerId } })
    await recordAudit({ actorKind: 'command', action: 'rights.revoked', customerId, subjectId: personId }, tx)
  })
}

/** Makes a person a member of staff, or changes the role. */
export async function makeStaff(personId: string, role: StaffRole): Promise<void> {
  await withTransaction(async (tx) => {
    await tx.staffMember.upsert({
      where: { personId },
      create: { personId, role, createdAt: await readNow(tx) },
      update: { role },
    })
    await recordAudit(
      { actorKind: 'command', action: 'staff.role', subjectId: personId, detail: { role } },
      tx,
    )
  })
}

/** Shuts a person out at once: every session ends, and no way of signing in works. */
export async function disablePerson(personId: string): Promise<void> {
  await withTransaction(async (tx) => {
    await tx.person.update({ where: { id: personId }, data: { disabledAt: await readNow(tx) } })
    await tx.session.deleteMany({ where: { personId } })
    await recordAudit({ actorKind: 'command', action: 'person.disabled', subjectId: personId }, tx)
  })
}

/** The customers that a person is a buyer of, by name. */
export async function listCustomersOfBuyer(
  personId: string,
): Promise<{ id: string; name: string; number: string }[]> {
  return db.customer.findMany({
    where: { rights: { some: { personId } } },
    select: { id: true, name: true, number: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
}
