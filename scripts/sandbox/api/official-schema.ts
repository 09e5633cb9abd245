import { readFileSync } from 'node:fs'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { type ApiError, invalidRequest, missingParameter } from '#scripts/sandbox/api/api-error.ts'

type Operation = {
  requestBody?: { content: Record<string, { schema: object }> }
  'x-query-schema'?: object
  responses: Record<string, { content: Record<string, { schema: object }> }>
}
type Document = {
  info: { version: string }
  paths: Record<string, Record<string, Operation>>
  components: object
}

/** The official schema subset: requests are read and answers checked against it. Validators are compiled on first use. */
export class OfficialSchema {
  readonly version: string
  private readonly document: Document
  private readonly answers = new Ajv2020({ strict: false })
  private readonly requests = new Ajv2020({ strict: false, coerceTypes: true, allErrors: true })
  private readonly compiled = new Map<string, ValidateFunction>()

  constructor() {
    const file = new URL('../stripe-openapi-subset.json', import.meta.url)
    this.document = JSON.parse(readFileSync(file, 'utf8')) as Document
    this.version = this.document.info.version
    for (const ajv of [this.answers, this.requests]) {
      ajv.addSchema({ $id: 'stripe', components: this.document.components, paths: this.document.paths })
    }
  }

  /** Turns form strings into typed values in place. @throws ApiError naming the first offending parameter */
  readRequest(method: string, template: string, parameters: object): void {
    const pointer = this.requestPointer(method, template)
    if (!pointer) return
    const validate = this.validator(this.requests, pointer)
    if (!validate(parameters)) throw requestError(validate.errors ?? [])
  }

  /** @throws Error when an answer is not what the official schema allows: a defect of the sandbox */
  assertAnswer(method: string, template: string, status: number, body: unknown): void {
    this.assert(answerPointer(method, template, status), `${method} ${template} ${status}`, body)
  }

  /** @throws Error when `body` is not a valid official object of that name */
  assertComponent(name: string, body: unknown): void {
    this.assert(['components', 'schemas', name], name, body)
  }

  /** Compiles an endpoint's validators ahead of the first request, which would otherwise wait for it. */
  prepare(method: string, template: string): void {
    this.validator(this.answers, answerPointer(method, template, 200))
    const pointer = this.requestPointer(method, template)
    if (pointer) this.validator(this.requests, pointer)
  }

  /** The address of an operation as the schema writes it, or null when it has none for that method and path. */
  templateOf(method: string, path: string): string | null {
    const fits = (template: string): boolean =>
      new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)
    const found = Object.entries(this.document.paths).filter(
      ([template, operations]) => operations[method.toLowerCase()] !== undefined && fits(template),
    )
    // Words win over ids, as in /v1/customers/search.
    const [first] = found
      .map(([template]) => template)
      .toSorted((a, b) => a.split('{').length - b.split('{').length)
    return first ?? null
  }

  private requestPointer(method: string, template: string): string[] | null {
    const operation = this.operation(method, template)
    const base = ['paths', template, method.toLowerCase()]
    const [mediaType] = Object.keys(operation.requestBody?.content ?? {})
    if (mediaType) return [...base, 'requestBody', 'content', mediaType, 'schema']
    return operation['x-query-schema'] ? [...base, 'x-query-schema'] : null
  }

  private assert(pointer: string[], label: string, body: unknown): void {
    const validate = this.validator(this.answers, pointer)
    if (validate(body)) return
    throw new Error(`${label} breaks the official schema: ${JSON.stringify(validate.errors?.slice(0, 3))}`)
  }

  private operation(method: string, template: string): Operation {
    const operation = this.document.paths[template]?.[method.toLowerCase()]
    if (!operation) throw new Error(`${method} ${template} is not in the official subset`)
    return operation
  }

  private validator(ajv: Ajv2020, pointer: string[]): ValidateFunction {
    const escaped = pointer.map((part) =>
      encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
    )
    const reference = `stripe#/${escaped.join('/')}`
    const key = `${ajv === this.requests ? 'request' : 'answer'} ${reference}`
    const known = this.compiled.get(key)
    if (known) return known
    const validate = ajv.compile({ $ref: reference })
    this.compiled.set(key, validate)
    return validate
  }
}

function answerPointer(method: string, template: string, status: number): string[] {
  const response = status < 400 ? '200' : 'default'
  return [
    'paths',
    template,
    method.toLowerCase(),
    'responses',
    response,
    'content',
    'application/json',
    'schema',
  ]
}

/** The API's wording for the first thing that is wrong with a request. */
function requestError(errors: ErrorObject[]): ApiError {
  const unknown = errors.find((error) => error.keyword === 'additionalProperties')
  if (unknown) {
    const param = parameterName(`${unknown.instancePath}/${String(unknown.params.additionalProperty)}`)
    return invalidRequest(`Received unknown parameter: ${param}`, param, 'parameter_unknown')
  }
  const missing = errors.find((error) => error.keyword === 'required')
  if (missing)
    return missingParameter(
      parameterName(`${missing.instancePath}/${String(missing.params.missingProperty)}`),
    )
  const allowed = errors.find((error) => error.keyword === 'enum' && !isEmptyChoice(error))
  const wrong = allowed ?? errors.find((error) => error.keyword === 'type') ?? errors[0]
  const param = parameterName(wrong?.instancePath ?? '')
  if (wrong?.keyword === 'enum') {
    const choices = (wrong.params.allowedValues as unknown[]).slice(0, 12).join(', ')
    return invalidRequest(`Invalid ${param}: must be one of ${choices}`, param)
  }
  if (wrong?.params.type === 'integer')
    return invalidRequest(`Invalid integer: ${param}`, param, 'parameter_invalid_integer')
  return invalidRequest(`Invalid value for ${param}: ${wrong?.message ?? 'not allowed'}`, param)
}

/** Choices that only mean "may also be unset" say nothing about what is wrong. */
function isEmptyChoice(error: ErrorObject): boolean {
  const values = error.params.allowedValues as unknown[]
  return values.length === 1 && values[0] === ''
}

function parameterName(pointer: string): string {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return parts.map((part, index) => (index === 0 ? part : `[${part}]`)).join('')
}
