import { expect, test } from 'vitest'
import { enumsOf, offences } from '#scripts/contracts/compiler-output.ts'

const warning = (errorCode: string, file: string) => ({
  severity: 'warning',
  errorCode,
  formattedMessage: `Warning ${errorCode} in ${file}`,
  sourceLocation: { file },
})

test('the one known warning of transient storage in OpenZeppelin’s slot library is no offence', () => {
  const known = warning('2394', 'npm/@openzeppelin/contracts@5.7.0/utils/TransientSlot.sol')
  expect(offences([known])).toEqual([])
})

test('the same warning in a file of ours, or another warning in that library, is an offence', () => {
  const ours = warning('2394', 'project/contracts/InvoiceEscrow.sol')
  const disguised = warning(
    '2394',
    'project/contracts/npm/@openzeppelin/contracts@5.7.0/utils/TransientSlot.sol',
  )
  const another = warning('2519', 'npm/@openzeppelin/contracts@5.7.0/utils/TransientSlot.sol')
  expect(offences([ours, disguised, another])).toHaveLength(3)
})

test('code size is an offence in a contract that is deployed and none in tests', () => {
  const files = ['project/contracts/testing/EscrowHandler.sol', 'project/contracts/InvoiceEscrow.t.sol']
  expect(offences(files.map((file) => warning('5574', file)))).toEqual([])
  expect(offences([warning('5574', 'project/contracts/InvoiceEscrow.sol')])).toEqual([
    'Warning 5574 in project/contracts/InvoiceEscrow.sol',
  ])
})

test('an error is an offence whatever its number and its file', () => {
  const file = 'npm/@openzeppelin/contracts@5.7.0/utils/TransientSlot.sol'
  expect(offences([{ ...warning('2394', file), severity: 'error' }])).toHaveLength(1)
})

test('enums that an ABI speaks of are found in contracts and in files, members in order', () => {
  const sources = [
    {
      ast: {
        nodes: [
          { nodeType: 'EnumDefinition', canonicalName: 'Colour', members: [{ name: 'Red' }] },
          {
            nodeType: 'ContractDefinition',
            nodes: [
              {
                nodeType: 'EnumDefinition',
                canonicalName: 'IThing.Status',
                members: [{ name: 'None' }, { name: 'Open' }],
              },
              { nodeType: 'EnumDefinition', canonicalName: 'IThing.Unused', members: [{ name: 'No' }] },
            ],
          },
        ],
      },
    },
  ]
  const status = { name: 'status', type: 'uint8', internalType: 'enum IThing.Status' }
  const state = { name: '', type: 'tuple', internalType: 'struct IThing.State', components: [status] }
  const colour = { name: 'colour', type: 'uint8[]', internalType: 'enum Colour[]' }
  const abi = [{ type: 'function' as const, name: 'stateOf', inputs: [colour], outputs: [state] }]
  expect(enumsOf(abi, sources)).toEqual({ Colour: ['Red'], 'IThing.Status': ['None', 'Open'] })
})

test('an enum whose definition is missing is an error, not an empty one', () => {
  const abi = [
    {
      type: 'function' as const,
      name: 'f',
      inputs: [{ name: 's', type: 'uint8', internalType: 'enum A.B' }],
    },
  ]
  expect(() => enumsOf(abi, [])).toThrow('no enum A.B')
})
