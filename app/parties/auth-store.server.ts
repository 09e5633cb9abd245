/**
 * Where the sign-in library keeps its rows: our tables, through Prisma, with two differences from its own adapters.
 * A session's token is stored as a hash and looked up by it, and ids are UUIDs that we make.
 */
import { type AdapterFactory, type CleanedWhere, createAdapterFactory } from 'better-auth/adapters'
import type { BetterAuthOptions } from 'better-auth/types'
import { newId } from '#app/books/ids.ts'
import { tokenHash } from '#app/parties/token-hash.ts'
import { db } from '#app/platform/db.server.ts'

type Row = Record<string, unknown>
type Where = { where: Row }

/** What the four delegates have in common; Prisma checks field names and types again when it runs. */
type Delegate = {
  create(args: { data: Row }): Promise<Row>
  findFirst(args: Where): Promise<Row | null>
  findMany(args: Where & { take: number; skip?: number; orderBy?: Row }): Promise<Row[]>
  updateManyAndReturn(args: Where & { data: Row }): Promise<Row[]>
  deleteMany(args: Where): Promise<{ count: number }>
  count(args: Where): Promise<number>
}

const delegates = {
  person: db.person,
  session: db.session,
  credential: db.credential,
  verification: db.verification,
} as const

function delegateOf(model: string): Delegate {
  if (!Object.hasOwn(delegates, model)) throw new Error(`the sign-in library asked for a table ${model}`)
  return delegates[model as keyof typeof delegates] as unknown as Delegate
}

const OPERATORS: Readonly<Record<string, string>> = {
  eq: 'equals',
  ne: 'not',
  lt: 'lt',
  lte: 'lte',
  gt: 'gt',
  gte: 'gte',
  in: 'in',
}

function stored(model: string, field: string, value: unknown): unknown {
  return model === 'session' && field === 'token' && typeof value === 'string' ? tokenHash(value) : value
}

function conditions(model: string, where: readonly CleanedWhere[] = []): Row {
  return {
    AND: where.map(({ field, operator, value, connector, mode }) => {
      const name = OPERATORS[operator ?? 'eq']
      if (name === undefined || connector !== 'AND' || mode === 'insensitive')
        throw new Error(`the sign-in library asked for ${connector} ${operator} ${mode}`)
      return { [field]: { [name]: stored(model, field, value) } }
    }),
  }
}

/** Gives back the token that was asked for or written, where the row holds its hash. */
function withToken<T extends Row>(model: string, row: T, where: readonly CleanedWhere[]): T {
  const asked = where.find((part) => part.field === 'token' && part.operator === 'eq')?.value
  return model === 'session' && typeof asked === 'string' ? { ...row, token: asked } : row
}

/** The adapter that the sign-in library is given. */
export const authStore: AdapterFactory<BetterAuthOptions> = createAdapterFactory({
  config: {
    adapterId: 'quittance',
    supportsNumericIds: false,
    supportsUUIDs: true,
    customIdGenerator: () => newId(),
    transaction: false,
  },
  // The library's generics promise whatever row type the caller asks for; rows come from Prisma as they are.
  adapter: () => ({
    create: async ({ model, data }) => {
      const token = Reflect.get(data, 'token')
      const row = await delegateOf(model).create({
        data: model === 'session' ? { ...data, token: stored(model, 'token', token) } : data,
      })
      return (model === 'session' ? { ...row, token } : row) as typeof data
    },
    findOne: async <T>({ model, where }: { model: string; where: CleanedWhere[] }) => {
      const row = await delegateOf(model).findFirst({ where: conditions(model, where) })
      return (row === null ? null : withToken(model, row, where)) as T | null
    },
    findMany: async <T>({
      model,
      where,
      limit,
      offset,
      sortBy,
    }: {
      model: string
      where?: CleanedWhere[] | undefined
      limit: number
      offset?: number | undefined
      sortBy?: { field: string; direction: 'asc' | 'desc' } | undefined
    }) =>
      (await delegateOf(model).findMany({
        where: conditions(model, where),
        take: limit,
        ...(offset === undefined ? {} : { skip: offset }),
        ...(sortBy === undefined ? {} : { orderBy: { [sortBy.field]: sortBy.direction } }),
      })) as T[],
    update: async <T>({ model, where, update }: { model: string; where: CleanedWhere[]; update: T }) => {
      const [row] = await delegateOf(model).updateManyAndReturn({
        where: conditions(model, where),
        data: update as Row,
      })
      return (row === undefined ? null : withToken(model, row, where)) as T | null
    },
    updateMany: async ({ model, where, update }) =>
      (await delegateOf(model).updateManyAndReturn({ where: conditions(model, where), data: update })).length,
    delete: async ({ model, where }) => {
      await delegateOf(model).deleteMany({ where: conditions(model, where) })
    },
    deleteMany: async ({ model, where }) =>
      (await delegateOf(model).deleteMany({ where: conditions(model, where) })).count,
    count: async ({ model, where }) => delegateOf(model).count({ where: conditions(model, where) }),
  }),
})
