import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Kind, Kinds, KindWithSecrets, Secrets, StoredObject } from '#scripts/sandbox/kinds.ts'

const TABLES = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, created INTEGER NOT NULL,
    body TEXT NOT NULL, secrets TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS object_kind ON object (kind, seq);
  CREATE INDEX IF NOT EXISTS object_customer ON object (kind, json_extract(body, '$.customer'), seq);
  CREATE INDEX IF NOT EXISTS object_intent ON object (kind, json_extract(body, '$.payment_intent'), seq);
  CREATE INDEX IF NOT EXISTS object_method ON object (kind, json_extract(body, '$.payment_method'), seq);
  CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, created INTEGER NOT NULL,
    body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, endpoint_id TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0, next_at_ms INTEGER NOT NULL, answer TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS delivery_due ON delivery (state, next_at_ms);
  CREATE INDEX IF NOT EXISTS delivery_event ON delivery (event_id);
  CREATE TABLE IF NOT EXISTS timer (
    id INTEGER PRIMARY KEY AUTOINCREMENT, due_at INTEGER NOT NULL, task TEXT NOT NULL, subject TEXT NOT NULL,
    detail TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS timer_due ON timer (due_at, id);
  CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    request_id TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS idempotency_created ON idempotency (created);
  CREATE TABLE IF NOT EXISTS plaid_webhook (
    id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending', attempts INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0,
    next_at_ms INTEGER NOT NULL, answer TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS plaid_webhook_due ON plaid_webhook (state, next_at_ms);
  CREATE TABLE IF NOT EXISTS fault (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, remaining INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received_at_ms INTEGER NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
    raw BLOB NOT NULL) STRICT;`

type Row = Record<string, SQLInputValue>

/**
 * The sandbox's own durable file. A commit has reached the disk before it returns (write-ahead log, synchronous
 * FULL), so whatever was answered survives a kill at any moment.
 */
export class Store {
  private readonly database: DatabaseSync
  private readonly statements = new Map<string, StatementSync>()
  private depth = 0

  constructor(dataDir: string) {
    mkdirSync(dataDir, { recursive: true })
    this.database = new DatabaseSync(join(dataDir, 'sandbox.sqlite'), { timeout: 5_000 })
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    this.database.exec(TABLES)
  }

  /** Runs `work` in one transaction: all of it is on disk when this returns, or none of it. Nested calls join the outer one. */
  transaction<T>(work: () => T): T {
    if (this.depth > 0) return work()
    this.database.exec('BEGIN IMMEDIATE')
    this.depth = 1
    try {
      const result = work()
      this.database.exec('COMMIT')
      return result
    } catch (error) {
      this.database.exec('ROLLBACK')
      throw error
    } finally {
      this.depth = 0
    }
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.statement(sql).run(...values).changes)
  }

  row(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.statement(sql).get(...values) as Row | undefined
  }

  rows(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.statement(sql).all(...values) as Row[]
  }

  insert<K extends Kind>(body: Kinds[K], secrets?: K extends KindWithSecrets ? Secrets[K] : never): Kinds[K] {
    const created = 'created' in body ? body.created : 0
    this.run(
      'INSERT INTO object (id, kind, created, body, secrets) VALUES (?, ?, ?, ?, ?)',
      body.id,
      body.object,
      created,
      JSON.stringify(body),
      secrets === undefined ? null : JSON.stringify(secrets),
    )
    return body
  }

  /** Replaces a stored object by its new state. */
  update(body: StoredObject): void {
    const changes = this.run('UPDATE object SET body = ? WHERE id = ?', JSON.stringify(body), body.id)
    if (changes !== 1) throw new Error(`No stored object ${body.id}`)
  }

  find<K extends Kind>(kind: K, id: string | null): Kinds[K] | null {
    if (id === null) return null
    const found = this.row('SELECT body FROM object WHERE id = ? AND kind = ?', id, kind)
    return found ? (JSON.parse(String(found.body)) as Kinds[K]) : null
  }

  get<K extends Kind>(kind: K, id: string | null): Kinds[K] {
    const found = this.find(kind, id)
    if (!found) throw new Error(`No ${kind} ${id}`)
    return found
  }

  all<K extends Kind>(kind: K): Kinds[K][] {
    const rows = this.rows('SELECT body FROM object WHERE kind = ? ORDER BY seq', kind)
    return rows.map((row) => JSON.parse(String(row.body)) as Kinds[K])
  }

  /** The objects of a kind whose field holds a value, oldest first. */
  allWhere<K extends Kind>(kind: K, field: string & keyof Kinds[K], value: string): Kinds[K][] {
    const sql = `SELECT body FROM object WHERE kind = ? AND json_extract(body, '$.${field}') = ? ORDER BY seq`
    return this.rows(sql, kind, value).map((row) => JSON.parse(String(row.body)) as Kinds[K])
  }

  secretsOf<K extends KindWithSecrets>(kind: K, id: string): Secrets[K] {
    const found = this.row('SELECT secrets FROM object WHERE id = ? AND kind = ?', id, kind)
    if (!found?.secrets) throw new Error(`Nothing is remembered beside ${id}`)
    return JSON.parse(String(found.secrets)) as Secrets[K]
  }

  setSecrets<K extends KindWithSecrets>(_kind: K, id: string, secrets: Secrets[K]): void {
    this.run('UPDATE object SET secrets = ? WHERE id = ?', JSON.stringify(secrets), id)
  }

  /** Forgets everything, the mailbox included. */
  clear(): void {
    this.transaction(() => {
      for (const table of [
        'meta',
        'object',
        'event',
        'delivery',
        'timer',
        'idempotency',
        'fault',
        'mail',
        'plaid_webhook',
      ]) {
        this.database.exec(`DELETE FROM ${table}`)
      }
    })
  }

  close(): void {
    this.database.close()
  }

  private statement(sql: string): StatementSync {
    const known = this.statements.get(sql)
    if (known) return known
    const prepared = this.database.prepare(sql)
    this.statements.set(sql, prepared)
    return prepared
  }
}
