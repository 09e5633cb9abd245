import pg from 'pg'

/** Runs one statement on a connection of its own and answers its rows. */
export type Sql = <Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>

/** Statements on the database of this address, in the rights of its role. */
export function sqlOn(url: string): Sql {
  return async (text, values = []) => {
    const client = new pg.Client(url)
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query(text, [...values])).rows
    } finally {
      await client.end()
    }
  }
}
