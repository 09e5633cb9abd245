import { describe, expect, test } from 'vitest'
import { bindingPath, bindingText } from '#scripts/contracts/bindings.ts'
import type { AbiEntry } from '#scripts/contracts/compiled.ts'

const compiledOf = (abi: readonly AbiEntry[]) => ({
  contractName: 'TollGate',
  compiler: { name: 'solc', version: '0.0.0', settings: {} },
  abi,
  enums: { 'ITollGate.State': ['Shut', 'Open'] },
  bytecode: '0x',
})

const toll = {
  name: 'toll',
  type: 'tuple',
  internalType: 'struct ITollGate.Toll',
  components: [
    { name: 'payer', type: 'address' },
    { name: 'amount', type: 'uint96' },
  ],
}

const abi: AbiEntry[] = [
  { type: 'constructor', inputs: [{ name: 'token_', type: 'address' }] },
  {
    type: 'function',
    name: 'pass',
    stateMutability: 'nonpayable',
    inputs: [{ ...toll, name: 'tolls', type: 'tuple[]', internalType: 'struct ITollGate.Toll[]' }],
    outputs: [{ name: '', type: 'bool[]' }],
  },
  {
    type: 'function',
    name: 'stateOf',
    stateMutability: 'view',
    inputs: [{ name: '', type: 'bytes32' }],
    outputs: [
      { name: 'state', type: 'uint8', internalType: 'enum ITollGate.State' },
      { name: 'note', type: 'string' },
    ],
  },
  {
    type: 'event',
    name: 'Passed',
    inputs: [{ ...toll, indexed: false }],
  },
  { type: 'error', name: 'TollGate_Shut', inputs: [] },
]

describe('a binding', () => {
  const text = bindingText(compiledOf(abi))

  test('has a type for each struct, with bigint for integers of any width', () => {
    expect(text).toContain('export type Toll = {\n  payer: string\n  amount: bigint\n}')
  })

  test('has functions with their lists, their several results and their unnamed arguments', () => {
    expect(text).toContain('constructor: [token_: string]')
    expect(text).toContain('pass: Write<[tolls: readonly Toll[]], readonly boolean[]>')
    expect(text).toMatch(/stateOf: Read<\s*\[arg0: string\],\s*\[state: bigint, note: string\] & \{/)
  })

  test('has enums by the names of their members', () => {
    expect(text).toContain('export const State = {\n  Shut: 0n,\n  Open: 1n,\n} as const')
  })

  test('has events and errors, one without arguments too', () => {
    expect(text).toContain('Passed: {\n      toll: Toll\n    }')
    expect(text).toContain('TollGate_Shut: Record<string, never>')
  })

  test('lies where its contract’s name says', () => {
    expect(bindingPath('TollGate')).toBe('app/gateways/chain/bindings/toll-gate.ts')
  })
})

test('an overloaded function is refused: its two types could not be told apart by name', () => {
  const twice: AbiEntry[] = [
    { type: 'function', name: 'pass', stateMutability: 'view', inputs: [], outputs: [] },
    {
      type: 'function',
      name: 'pass',
      stateMutability: 'view',
      inputs: [{ name: 'a', type: 'bool' }],
      outputs: [],
    },
  ]
  expect(() => bindingText(compiledOf(twice))).toThrow('pass is overloaded')
})

test('two structs of one simple name are refused', () => {
  const other = { ...toll, internalType: 'struct IOther.Toll' }
  const both: AbiEntry[] = [
    { type: 'function', name: 'f', stateMutability: 'view', inputs: [toll, other], outputs: [] },
  ]
  expect(() => bindingText(compiledOf(both))).toThrow(
    'two structs: struct ITollGate.Toll, struct IOther.Toll',
  )
})

test('a type that has no counterpart is refused', () => {
  const odd: AbiEntry[] = [{ type: 'error', name: 'E', inputs: [{ name: 'x', type: 'fixed128x18' }] }]
  expect(() => bindingText(compiledOf(odd))).toThrow('there is no TypeScript type for fixed128x18')
})
