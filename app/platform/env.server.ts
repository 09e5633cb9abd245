import { type Env, EnvironmentError, parseEnv } from '#app/platform/env-schema.ts'

/** The settings of this process, read once. Nothing else in app/ may read process.env. */
export const env: Env = readOrExit()

/** Settings that cannot be used are told to the operator in words, without a trace of the program. */
function readOrExit(): Env {
  try {
    return parseEnv(process.env)
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}
