import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import type { DemoSignIn } from '#scripts/supervisor/banner.ts'
import type { Environment } from '#scripts/supervisor/environment.ts'
import { startProduct } from '#test/support/product.ts'

declare module 'vitest' {
  interface ProvidedContext {
    product: {
      origin: string
      dataDir: string
      addresses: Readonly<Record<string, string>>
      environment: Environment
      signIns: DemoSignIn[]
    }
  }
}

/** Once per run of the e2e tests: a product of their own, with fresh demo data, beside whatever runs here. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const product = await startProduct()
  const demo: { people: DemoSignIn[] } = JSON.parse(readFileSync(join(product.dataDir, 'demo.json'), 'utf8'))
  const { addresses, environment } = product.running()
  project.provide('product', {
    origin: product.origin,
    dataDir: product.dataDir,
    addresses,
    environment,
    signIns: demo.people,
  })
  return async () => {
    await product.stop()
    product.remove()
  }
}
