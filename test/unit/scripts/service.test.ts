import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Instance, keepRunning } from '#scripts/supervisor/service.ts'

/** A service whose instances end when told to; the n-th start fails when `failures` holds n. */
function fake(failures: readonly number[] = []) {
  const ends: (() => void)[] = []
  let starts = 0
  const run = async (): Promise<Instance> => {
    starts += 1
    if (failures.includes(starts)) throw new Error('no luck')
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    ends.push(resolve)
    return { pid: starts, ended, stop: async () => resolve() }
  }
  return { spec: { name: 'fake', run }, end: () => ends.at(-1)?.(), starts: () => starts }
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let waited = 0; !isTrue(); waited += 10) {
    if (waited > 5_000) throw new Error('it did not come to pass')
    await sleep(10)
  }
}

test('an instance that ends is started again, and that is reported', async () => {
  const said: string[] = []
  const { spec, end, starts } = fake()
  const service = await keepRunning(spec, (text) => said.push(text))
  expect(service.pid()).toBe(1)
  end()
  await until(() => service.pid() === 2)
  expect(starts()).toBe(2)
  expect(said).toEqual(['fake ended unexpectedly; starting it again', 'fake is back'])
  await service.stop()
})

test('a start that fails is tried again until it works', async () => {
  const { spec, end } = fake([2, 3])
  const service = await keepRunning(spec, () => {})
  end()
  await until(() => service.pid() === 4)
  await service.stop()
})

test('the very first start may not fail', async () => {
  await expect(keepRunning(fake([1]).spec, () => {})).rejects.toThrow('no luck')
})

test('a stopped service stays down', async () => {
  const { spec, starts } = fake()
  const service = await keepRunning(spec, () => {})
  await service.stop()
  await sleep(150)
  expect(starts()).toBe(1)
})
