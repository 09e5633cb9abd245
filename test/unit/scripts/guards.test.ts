import { expect, test } from 'vitest'
import { makeMutable } from '#scripts/contracts/guards.ts'

const contract = (body: string): string => `pragma solidity 0.8.37;\ncontract C {\n${body}\n}\n`

const guardsOf = (body: string): string[] => makeMutable(contract(body), 1).guards.map((guard) => guard.text)

const mutated = (body: string): string => makeMutable(contract(body), 7).source

test('a condition that refuses is a guard, and each operand without which it refuses less', () => {
  expect(guardsOf('function f(uint a) public { if (a == 0 || a > 9) revert Bad(a); }')).toEqual([
    'f: if (a == 0 || a > 9) revert Bad(a)',
    'f: a == 0',
    'f: a > 9',
  ])
})

test('a condition by name is looked up, and turned round where it is denied', () => {
  expect(
    guardsOf('function f(uint a) public { bool isGood = a != 0 && (a < 9); if (!isGood) revert Bad(a); }'),
  ).toEqual(['f: if (!isGood) revert Bad(a)', 'f: a != 0', 'f: (a < 9)'])
})

test('operands without which a condition refuses more are left alone', () => {
  expect(guardsOf('function f(uint a) public { if (a != 1 && a != 2) revert Bad(a); }')).toEqual([
    'f: if (a != 1 && a != 2) revert Bad(a)',
  ])
})

test('a call that leaves early is guarded; an effect under a condition is not', () => {
  expect(
    guardsOf(
      'function f(uint a) public { if (a == 0) return; if (a == 1) b = 2; for (;;) { if (a > 2) continue; } }',
    ),
  ).toEqual(['f: if (a == 0) return;', 'f: if (a > 2) continue'])
})

test('calls of guards and the two modifiers count, and constructors of base contracts do not', () => {
  expect(
    guardsOf(`constructor() ERC20("a") { _checkAll(); }
      function f(uint a) external nonReentrant onlyRole(WRITER) { if (!ok) _requireCaller(a); g(); }`),
  ).toEqual(['constructor: _checkAll()', 'f: nonReentrant', 'f: onlyRole(WRITER)', 'f: _requireCaller(a)'])
})

test('a modifier that nobody knows how to switch off is not passed over', () => {
  expect(() => guardsOf('function f() external whenOpen {}')).toThrow('whenOpen')
})

test('each guard has a switch of its own, and what encloses another stays outside', () => {
  expect(mutated('function f(uint a) public { if (a == 0 || a > 9) revert Bad(a); }')).toContain(
    'if ((block.coinbase != address(7) && ((block.coinbase != address(8) && (a == 0)) || ' +
      '(block.coinbase != address(9) && (a > 9))))) revert Bad(a);',
  )
})

test('an operand that must hold always holds while its guard is off', () => {
  expect(mutated('function f(uint a) public { if (!(a != 0 && a < 9)) revert Bad(a); }')).toContain(
    '(block.coinbase == address(8) || (a != 0)) && (block.coinbase == address(9) || (a < 9))',
  )
})

test('inner functions are pure no longer; modifiers are declared by number', () => {
  const source = mutated(`function f(uint a) external nonReentrant { _requireGood(a); }
    function _requireGood(uint a) private pure { if (a == 0) revert Bad(a); }`)
  expect(source).toContain('external nonReentrant_7 {')
  expect(source).toContain('modifier nonReentrant_7() {')
  expect(source).toContain('if (block.coinbase != address(8)) _requireGood(a);')
  expect(source).toContain('private view /* pure*/ {')
})

test('letters that take several bytes do not shift what follows', () => {
  const source = Buffer.from(
    contract('// — €\nfunction f(uint a) public { if (a == 0) revert Bad(a); }'),
  ).toString('latin1')
  const mutable = makeMutable(source, 1)
  expect(mutable.guards.map((guard) => guard.text)).toEqual(['f: if (a == 0) revert Bad(a)'])
  expect(Buffer.from(mutable.source, 'latin1').toString()).toContain(
    '// — €\nfunction f(uint a) public { if ((block.coinbase != address(1) && (a == 0))) revert Bad(a); }',
  )
})
