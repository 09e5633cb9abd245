import { readFileSync } from 'node:fs'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { badRequest, type PlaidRefusal } from '#scripts/sandbox/plaid/api/plaid-error.ts'

type Document = { info: { version: string }; paths: Record<string, unknown>; components: object }

/** The official subset of the Plaid API: requests, answers and webhooks are checked against it. */
export class PlaidSchema {
  readonly version: string
  private readonly document: Document
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true })
  private readonly compiled = new Map<string, ValidateFunction>()

  constructor() {
    const file = new URL('../../plaid-sdk-subset.json', import.meta.url)
    this.document = JSON.parse(readFileSync(file, 'utf8')) as Document
    this.version = this.document.info.version
    const { components, paths } = this.document
    this.ajv.addSchema({ $id: 'plaid', components, paths })
  }

  /** @throws PlaidRefusal that names the fields at fault */
  assertRequest(path: string, body: unknown): void {
    const validate = this.validator(requestPointer(path))
    if (!validate(body)) throw requestRefusal(validate.errors ?? [])
  }

  /** @throws Error when an answer is not what the official schema allows: a defect of the sandbox */
  assertAnswer(path: string, body: unknown): void {
    this.assert(answerPointer(path), path, body)
  }

  /** @throws Error when `body` is not a valid official object of that name */
  assertComponent(name: string, body: unknown): void {
    this.assert(['components', 'schemas', name], name, body)
  }

  /** Compiles an endpoint's validators ahead of the first request, which would otherwise wait for it. */
  prepare(path: string): void {
    this.validator(requestPointer(path))
    this.validator(answerPointer(path))
  }

  private assert(pointer: readonly string[], label: string, body: unknown): void {
    const validate = this.validator(pointer)
    if (validate(body)) return
    throw new Error(`${label} breaks the official schema: ${JSON.stringify(validate.errors?.slice(0, 3))}`)
  }

  private validator(pointer: readonly string[]): ValidateFunction {
    const escaped = pointer.map((part) =>
      encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
    )
    const reference = `plaid#/${escaped.join('/')}`
    const known = this.compiled.get(reference)
    if (known) return known
    const validate = this.ajv.compile({ $ref: reference })
    this.compiled.set(reference, validate)
    return validate
  }
}

const JSON_CONTENT = ['content', 'application/json', 'schema'] as const

const requestPointer = (path: string): string[] => ['paths', path, 'post', 'requestBody', ...JSON_CONTENT]

const answerPointer = (path: string): string[] => ['paths', path, 'post', 'responses', '200', ...JSON_CONTENT]

/** Unknown fields are named before missing ones, and those before wrong values, as the provider does. */
function requestRefusal(errors: readonly ErrorObject[]): PlaidRefusal {
  const named = (keyword: string, param: string): string =>
    errors
      .filter((error) => error.keyword === keyword)
      .map((error) => fieldName(`${error.instancePath}/${String(error.params[param])}`))
      .join(', ')
  const unknown = named('additionalProperties', 'additionalProperty')
  if (unknown !== '')
    return badRequest(
      'UNKNOWN_FIELDS',
      `the following fields are not recognized by this endpoint: ${unknown}`,
    )
  const missing = named('required', 'missingProperty')
  if (missing !== '')
    return badRequest('MISSING_FIELDS', `the following required fields are missing: ${missing}`)
  const [wrong] = errors
  return badRequest(
    'INVALID_FIELD',
    `${fieldName(wrong?.instancePath ?? '')} ${wrong?.message ?? 'is not allowed'}`,
  )
}

function fieldName(pointer: string): string {
  return pointer.split('/').slice(1).join('.')
}
