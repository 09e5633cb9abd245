/** What is read out of the compiler's own output: warnings that count, and the members of enums. */
import type { AbiEntry, AbiParameter } from './compiled.ts'

export type CompilerMessage = {
  severity: string
  errorCode?: string
  formattedMessage?: string
  sourceLocation?: { file: string }
}

type SyntaxNode = {
  nodeType?: string
  canonicalName?: string
  name?: string
  nodes?: readonly SyntaxNode[]
  members?: readonly { name: string }[]
}
export type SourceUnit = { ast?: SyntaxNode }

/**
 * Warnings that are known and right. Solc warns once of transient storage, wherever it is written first: OpenZeppelin's re-entrancy
 * lock clears it at the end of each call, which the warning itself calls safe. Code size does not matter for what is
 * never deployed: tests, their handlers and mocks.
 */
const ACCEPTED: readonly { codes: readonly string[]; file: RegExp }[] = [
  { codes: ['2394'], file: /^npm\/@openzeppelin\/contracts@[^/]+\/utils\/TransientSlot\.sol$/ },
  { codes: ['5574', '3860'], file: /^project\/contracts\/(testing\/.*|[^/]+\.t)\.sol$/ },
]

/** The compiler's words for every warning and error that is not known to be right. */
export function offences(messages: readonly CompilerMessage[]): string[] {
  return messages
    .filter((message) => message.severity !== 'info' && !isAccepted(message))
    .map((message) => message.formattedMessage ?? `warning ${message.errorCode}`)
}

function isAccepted({ severity, errorCode = '', sourceLocation }: CompilerMessage): boolean {
  const file = sourceLocation?.file ?? ''
  return (
    severity === 'warning' &&
    ACCEPTED.some((known) => known.codes.includes(errorCode) && known.file.test(file))
  )
}

/** The members of every enum that an ABI speaks of, by the enum's full name. */
export function enumsOf(abi: readonly AbiEntry[], sources: readonly SourceUnit[]): Record<string, string[]> {
  const named = new Set<string>()
  const visit = ({ internalType = '', components = [] }: AbiParameter): void => {
    const match = /^enum ([\w.]+)/.exec(internalType)
    if (match?.[1] !== undefined) named.add(match[1])
    for (const component of components) visit(component)
  }
  for (const { inputs = [], outputs = [] } of abi)
    for (const parameter of [...inputs, ...outputs]) visit(parameter)

  const definitions = sources.flatMap(({ ast }) => (ast === undefined ? [] : enumDefinitions(ast)))
  return Object.fromEntries(
    [...named].sort().map((name) => {
      const definition = definitions.find(({ canonicalName }) => canonicalName === name)
      if (definition?.members === undefined) throw new Error(`the compiler's output has no enum ${name}`)
      return [name, definition.members.map((member) => member.name)]
    }),
  )
}

/** Enums stand in files and in contracts, no deeper. */
function enumDefinitions(node: SyntaxNode): SyntaxNode[] {
  if (node.nodeType === 'EnumDefinition') return [node]
  return (node.nodes ?? []).flatMap(enumDefinitions)
}
