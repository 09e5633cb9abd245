import { newId } from '#app/books/ids.ts'
import { neededColumns, type ParsedProfile, type Profile, parseProfile } from '#app/imports/profile.ts'
import { SHIPPED_PROFILES } from '#app/imports/shipped-profiles.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'

export type NamedProfile = { name: string; title: string; isShipped: boolean }

/** The profiles that can be chosen: those that ship, then the saved ones by name. */
export async function listProfiles(): Promise<NamedProfile[]> {
  const saved = await db.importProfile.findMany({ orderBy: { name: 'asc' }, take: 200 })
  const shipped = Object.entries(SHIPPED_PROFILES).map(([name, { title }]) => ({
    name,
    title,
    isShipped: true,
  }))
  const own = saved.map(({ name, mapping }) => {
    const parsed = parseProfile(mapping)
    return { name, title: parsed.ok ? parsed.profile.title : name, isShipped: false }
  })
  return [...shipped, ...own]
}

/** The profile of that name, shipped or saved; null when there is none or a saved one no longer fits. */
export async function findProfile(name: string): Promise<Profile | null> {
  if (Object.hasOwn(SHIPPED_PROFILES, name)) return SHIPPED_PROFILES[name] ?? null
  const saved = await db.importProfile.findUnique({ where: { name } })
  const parsed = saved === null ? null : parseProfile(saved.mapping)
  return parsed?.ok ? parsed.profile : null
}

/** The profiles whose columns a header has. */
export async function profilesThatFit(
  columns: readonly string[],
): Promise<{ name: string; profile: Profile }[]> {
  const fitting: { name: string; profile: Profile }[] = []
  for (const { name } of await listProfiles()) {
    const profile = await findProfile(name)
    if (profile !== null && neededColumns(profile).every((column) => columns.includes(column)))
      fitting.push({ name, profile })
  }
  return fitting
}

/** Saves a mapping under a name, replacing a saved one; the names of shipped profiles are refused. */
export async function saveProfile(name: string, mapping: unknown): Promise<ParsedProfile> {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))
    return { ok: false, problems: ['name: small letters, digits and dashes, at most 40'] }
  if (Object.hasOwn(SHIPPED_PROFILES, name))
    return { ok: false, problems: [`name: ${name} comes with the product; choose another name`] }
  const parsed = parseProfile(mapping)
  if (!parsed.ok) return parsed
  const now = await readNow()
  const fields = { kind: parsed.profile.kind, mapping: parsed.profile, updatedAt: now }
  await db.importProfile.upsert({
    where: { name },
    create: { id: newId(), name, createdAt: now, ...fields },
    update: fields,
  })
  return parsed
}
