/**
 * Finds the guards of a Solidity source and rewrites it so that each of them can be switched off without compiling again: guard
 * number n is off while the block's coinbase is the address n, and as written otherwise. What counts as a guard:
 *
 * - `if (…) revert …;`, and `if (…) return …;` or `continue;`, where a call leaves without its effect
 * - each operand that can be left out of such a condition, or of a named condition that it speaks of, so that it refuses less
 * - a call of `_require…` or `_check…`
 * - the modifiers `nonReentrant` and `onlyRole`
 */
import { createRequire } from 'node:module'

export type Guard = {
  number: number
  /** Line of the source where it stands. */
  line: number
  /** Where and what, in one line; the same text for the same guard, whatever stands around it. */
  text: string
}

export type Mutable = { source: string; guards: readonly Guard[] }

/** What is read of the compiler's syntax tree. `src` is `start:length:file`, in bytes. */
type SyntaxNode = {
  nodeType: string
  src: string
  name?: string
  visibility?: string
  stateMutability?: string
  operator?: string
  modifiers?: readonly SyntaxNode[]
  modifierName?: SyntaxNode
  declarations?: readonly SyntaxNode[]
  initialValue?: SyntaxNode | null
  condition?: SyntaxNode
  trueBody?: SyntaxNode
  falseBody?: SyntaxNode | null
  statements?: readonly SyntaxNode[]
  expression?: SyntaxNode
  components?: readonly SyntaxNode[]
  subExpression?: SyntaxNode
  leftExpression?: SyntaxNode
  rightExpression?: SyntaxNode
}
type Compiler = { compile(input: string): string }
type ParseOutput = {
  errors?: readonly { severity: string; formattedMessage: string }[]
  sources?: Record<string, { ast: SyntaxNode }>
}

/** Text to put around a piece of source. */
type Edit = { start: number; end: number; before: string; after: string }

const GUARD_CALL = /^_(require|check)/

/** The source with switchable guards, numbered from `firstNumber`. Sources are latin1 text: the compiler counts bytes. */
export function makeMutable(source: string, firstNumber: number): Mutable {
  const finder = new GuardFinder(source, firstNumber)
  finder.visit(parse(source))
  return { source: applyEdits(source, finder.edits), guards: finder.guards }
}

function parse(source: string): SyntaxNode {
  const compiler = createRequire(import.meta.url)('solc') as Compiler
  const input = {
    language: 'Solidity',
    sources: { it: { content: Buffer.from(source, 'latin1').toString('utf8') } },
    settings: { stopAfter: 'parsing', outputSelection: { '*': { '': ['ast'] } } },
  }
  const output = JSON.parse(compiler.compile(JSON.stringify(input))) as ParseOutput
  const error = output.errors?.find(({ severity }) => severity === 'error')
  if (error) throw new Error(error.formattedMessage)
  const ast = output.sources?.it?.ast
  if (ast === undefined) throw new Error('The compiler gave no syntax tree.')
  return ast
}

class GuardFinder {
  readonly edits: Edit[] = []
  readonly guards: Guard[] = []
  readonly #source: string
  readonly #firstNumber: number
  readonly #weakened = new Set<string>()
  #function = ''
  #named = new Map<string, SyntaxNode>()

  constructor(source: string, firstNumber: number) {
    this.#source = source
    this.#firstNumber = firstNumber
  }

  visit(node: SyntaxNode): void {
    if (node.nodeType === 'FunctionDefinition') this.#enterFunction(node)
    if (node.nodeType === 'VariableDeclarationStatement') this.#remember(node)
    if (node.nodeType === 'IfStatement') this.#visitIf(node)
    if (node.nodeType === 'ExpressionStatement') this.#visitCall(node)
    for (const child of childrenOf(node)) this.visit(child)
    if (node.nodeType === 'ContractDefinition') this.#closeContract(node)
  }

  /** A function that asks for the coinbase is no longer pure. */
  #enterFunction(node: SyntaxNode): void {
    this.#function = node.name || 'constructor'
    this.#named = new Map()
    const isInner = node.visibility === 'private' || node.visibility === 'internal'
    if (node.stateMutability === 'pure' && isInner) {
      const start = this.#source.indexOf(' pure', placeOf(node).start)
      this.edits.push({ start, end: start + ' pure'.length, before: ' view /*', after: '*/' })
    }
    for (const modifier of node.modifiers ?? []) this.#visitModifier(modifier)
  }

  #visitModifier(node: SyntaxNode): void {
    const place = placeOf(node.modifierName ?? node)
    const name = this.#source.slice(place.start, place.end)
    const isBaseConstructor = /^[A-Z]/.test(name)
    if (isBaseConstructor) return
    if (!(name in MODIFIERS)) throw new Error(`How is the modifier ${name} switched off?`)
    this.edits.push({ ...place, before: '', after: `_${this.#add(placeOf(node))}` })
  }

  #remember(node: SyntaxNode): void {
    const { declarations: [declaration, ...others] = [], initialValue } = node
    if (declaration?.name && others.length === 0 && initialValue)
      this.#named.set(declaration.name, initialValue)
  }

  #visitIf(node: SyntaxNode): void {
    const { condition, trueBody, falseBody } = node
    const body = trueBody && onlyStatement(trueBody)
    if (!condition || !body || falseBody) return
    const leaves = ['RevertStatement', 'Return', 'Continue'].includes(body.nodeType)
    if (leaves) this.#weaken(condition, false, placeOf(node))
    if (leaves || isGuardCall(body)) this.#weakenOperands(condition, false)
  }

  #visitCall(node: SyntaxNode): void {
    if (!isGuardCall(node)) return
    const place = placeOf(node)
    const number = this.#add(place)
    this.edits.push({ ...place, before: `if (block.coinbase != address(${number})) `, after: '' })
  }

  /** Makes the condition, or one operand of it, always `value` while its guard is off. */
  #weaken(node: SyntaxNode, value: boolean, described = placeOf(node)): void {
    const number = this.#add(described)
    const before = value
      ? `(block.coinbase == address(${number}) || (`
      : `(block.coinbase != address(${number}) && (`
    this.edits.push({ ...placeOf(node), before, after: '))' })
  }

  /** Takes out the operands without which a condition that refuses, when it is not `value`, refuses less. */
  #weakenOperands(node: SyntaxNode, value: boolean): void {
    const meaning = this.#meaningOf(node)
    if (meaning) this.#weakenOperands(meaning, value)
    if (node.operator === '!' && node.subExpression) this.#weakenOperands(node.subExpression, !value)
    if (node.nodeType !== 'BinaryOperation' || node.operator !== (value ? '&&' : '||')) return
    for (const operand of [node.leftExpression, node.rightExpression]) {
      if (!operand) continue
      const isChain = operand.nodeType === 'BinaryOperation' && operand.operator === node.operator
      if (!isChain && !this.#weakened.has(operand.src)) {
        this.#weakened.add(operand.src)
        this.#weaken(operand, value)
      }
      this.#weakenOperands(operand, value)
    }
  }

  /** What stands in brackets, or what a name was given. */
  #meaningOf(node: SyntaxNode): SyntaxNode | undefined {
    if (node.nodeType === 'TupleExpression') return node.components?.[0]
    return node.nodeType === 'Identifier' ? this.#named.get(node.name ?? '') : undefined
  }

  #add({ start, end }: { start: number; end: number }): number {
    const number = this.#firstNumber + this.guards.length
    const line = this.#source.slice(0, start).split('\n').length
    const text = this.#source.slice(start, end).replace(/\s+/g, ' ')
    this.guards.push({ number, line, text: `${this.#function}: ${text}` })
    return number
  }

  /** Declares the numbered modifiers at the end of the contract. */
  #closeContract(node: SyntaxNode): void {
    const brace = placeOf(node).end - 1
    const used = this.edits.flatMap(({ start, end, after }) => {
      const name = this.#source.slice(start, end)
      return name in MODIFIERS ? [{ name, number: after.slice(1) }] : []
    })
    const declared = used.map(({ name, number }) => MODIFIERS[name]?.(`${name}_${number}`, number)).join('\n')
    const hasLock = used.some(({ name }) => name === 'nonReentrant')
    this.edits.push({ start: brace, end: brace, before: `${hasLock ? LOCK : ''}\n${declared}\n`, after: '' })
  }
}

/** The library's lock is private; this one does the same, and lets single functions go without. */
const LOCK = `
    bool private transient _switchableLock;

    function _lock() private {
        if (_switchableLock) revert ReentrancyGuardReentrantCall();
        _switchableLock = true;
    }
`

/** The text of a modifier that does nothing while its guard is off. */
const MODIFIERS: Readonly<Record<string, (name: string, number: string) => string>> = {
  nonReentrant: (name, number) => `
    modifier ${name}() {
        if (block.coinbase != address(${number})) _lock();
        _;
        if (block.coinbase != address(${number})) _switchableLock = false;
    }`,
  onlyRole: (name, number) => `
    modifier ${name}(bytes32 role) {
        if (block.coinbase != address(${number})) _checkRole(role);
        _;
    }`,
}

function isGuardCall(node: SyntaxNode): boolean {
  const call = node.expression
  return call?.nodeType === 'FunctionCall' && GUARD_CALL.test(call.expression?.name ?? '')
}

function onlyStatement(body: SyntaxNode): SyntaxNode | undefined {
  if (body.nodeType !== 'Block') return body
  return body.statements?.length === 1 ? body.statements[0] : undefined
}

function placeOf(node: SyntaxNode): { start: number; end: number } {
  const [start = 0, length = 0] = node.src.split(':').map(Number)
  return { start, end: start + length }
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  return Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter(
      (value): value is SyntaxNode => typeof value === 'object' && value !== null && 'nodeType' in value,
    )
}

/** Puts the texts in place; what encloses another stays outside it. */
function applyEdits(source: string, edits: readonly Edit[]): string {
  const before = edits
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
    .map((edit) => ({ at: edit.start, text: edit.before }))
  const after = edits
    .toSorted((a, b) => a.end - b.end || b.start - a.start)
    .map((edit) => ({ at: edit.end, text: edit.after }))
  let result = ''
  for (let at = 0; at <= source.length; at += 1) {
    while (after[0]?.at === at) result += after.shift()?.text
    while (before[0]?.at === at) result += before.shift()?.text
    result += source[at] ?? ''
  }
  return result
}
