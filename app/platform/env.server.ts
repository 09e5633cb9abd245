import { type Env, parseEnv } from '#app/platform/env-schema.ts'

/** The settings of this process, read once. Nothing else in app/ may read process.env. */
export const env: Env = parseEnv(process.env)
