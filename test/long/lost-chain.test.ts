import { lostChainTests } from '#test/support/lost-chain.ts'

lostChainTests(300, 50)
