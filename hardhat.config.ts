import { fileURLToPath } from 'node:url'
import { defineConfig } from 'hardhat/config'

/** Where `scripts/contracts/invariant-counts.ts` has the handlers' counts written; nothing else is written by tests. */
const fsPermissions = { dangerouslyWriteDirectory: ['cache/invariant-counts'] }

/** The compiler comes from npm, so that a build downloads nothing. Its version is pinned here and in every pragma. */
export default defineConfig({
  solidity: {
    profiles: {
      default: {
        version: '0.8.37',
        path: fileURLToPath(import.meta.resolve('solc/soljson.js')),
        settings: {
          optimizer: { enabled: true, runs: 1_000_000 },
          evmVersion: 'cancun',
          metadata: { bytecodeHash: 'none' },
          outputSelection: { '*': { '*': ['storageLayout'] } },
        },
      },
    },
  },
  paths: { sources: './contracts', tests: { solidity: './contracts' } },
  test: {
    solidity: {
      profiles: {
        default: {
          fsPermissions,
          fuzz: { runs: 256, seed: '0x5172' },
          invariant: { runs: 32, depth: 64, failOnRevert: true },
        },
        long: {
          fsPermissions,
          fuzz: { runs: 10_000, seed: '0x5172' },
          invariant: { runs: 256, depth: 512, failOnRevert: true },
        },
      },
    },
  },
})
