/** npm run test:long: the full counts, which take too long for every change. */
process.argv.push('long')
await import('#scripts/test.ts')
