import { lostChainTests } from '#test/support/lost-chain.ts'

lostChainTests(60, 20)
