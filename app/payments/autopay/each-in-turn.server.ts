import { log } from '#app/platform/log.server.ts'

/**
 * Does the work for one after another until `next` has none left. What goes wrong for one does not keep the others back: the
 * first error is thrown when all have had their turn, so that the job is seen to have failed. Only ids are logged.
 */
export async function eachInTurn<Item>(
  next: () => Promise<Item | null> | Item | null,
  idOf: (item: Item) => string,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = []
  for (let item = await next(); item !== null; item = await next()) {
    try {
      await work(item)
    } catch (error) {
      log.error({ err: error, id: idOf(item) }, 'autopay went wrong for one')
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}
