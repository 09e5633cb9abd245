/** BAI2 statements: amounts by the currency's decimals, continuations, control totals, and files that are not whole. */
import { expect, test } from 'vitest'
import { StatementUnreadable } from '#app/payments/bank-statements/bank-statement.ts'
import { readBai2 } from '#app/payments/bank-statements/formats/read-bai2.ts'

const FILE = [
  '01,121000358,QUAY,261118,0600,1,80,,2/',
  '02,QUAY,121000358,1,261117,2359,USD,2/',
  '03,0004488219,,010,1000000,,,015,1361549,,/',
  '16,165,240050,Z,BR1001,INV-7731,ORIG CO NAME:QUILLHAVEN PRESS',
  '88,DESC:PAYMENT INV-7731',
  '16,195,150000,V,261118,,WIRE77,,/',
  '88,ORG=BRIGHTWATER SUPPLY CO;INV 7740/',
  '16,475,28501,,4711,,CHECK PAID/',
  '49,2780100,7/',
  '98,2780100,1,9/',
  '99,2780100,1,11/',
].join('\n')
const SWAPS = (from: string, to: string): string => FILE.replace(from, to)

test('credits and debits are exact, with value day, references and the sender where the text names one', () => {
  const [statement] = readBai2(FILE)
  expect(statement).toMatchObject({
    format: 'bai2',
    account: '0004488219',
    currency: 'USD',
    fromOn: '2026-11-17',
    opening: { minor: 1_000_000n },
    closing: { minor: 1_361_549n },
  })
  expect(statement?.lines).toEqual([
    {
      bookedOn: '2026-11-17',
      valueOn: null,
      amount: { minor: 240_050n, currency: 'USD' },
      counterparty: 'QUILLHAVEN PRESS',
      reference: 'BR1001 INV-7731',
      description: 'ORIG CO NAME:QUILLHAVEN PRESS DESC:PAYMENT INV-7731',
    },
    {
      bookedOn: '2026-11-17',
      valueOn: '2026-11-18',
      amount: { minor: 150_000n, currency: 'USD' },
      counterparty: 'BRIGHTWATER SUPPLY CO',
      reference: 'WIRE77',
      description: 'ORG=BRIGHTWATER SUPPLY CO;INV 7740',
    },
    {
      bookedOn: '2026-11-17',
      valueOn: null,
      amount: { minor: -28_501n, currency: 'USD' },
      counterparty: null,
      reference: '4711',
      description: 'CHECK PAID',
    },
  ])
})

test('yen have no decimals and dinars three: the digits stay as they are', () => {
  for (const currency of ['JPY', 'KWD']) {
    const [statement] = readBai2(SWAPS('2359,USD', `2359,${currency}`))
    expect(statement?.lines[0]?.amount).toEqual({ minor: 240_050n, currency })
  }
})

test('distributed funds are skipped over, and codes that move no money make no line', () => {
  const more = FILE.replace('16,475', '16,165,500,D,2,0,300,1,200,BRX,,SPLIT/\n16,890,0,,,,NOTE/\n16,475')
    .replaceAll('2780100', '2781100')
    .replace('49,2781100,7', '49,2781100,9')
    .replaceAll('1361549', '1362049')
  const [statement] = readBai2(more)
  expect(statement?.lines).toHaveLength(4)
  expect(statement?.lines[2]).toMatchObject({
    amount: { minor: 500n },
    reference: 'BRX',
    description: 'SPLIT',
  })
})

test('two days of one account are one statement from the first opening to the last closing', () => {
  const second = [
    '02,QUAY,121000358,1,261118,2359,USD,2/',
    '03,0004488219,,010,1361549,,,015,1361649,,/',
    '16,165,100,Z,BR1,,A/',
    '49,2723298,3/',
    '98,2723298,1,5/',
  ].join('\n')
  const [statement, ...others] = readBai2(FILE.replace('99,2780100', `${second}\n99,5503398`))
  expect(others).toEqual([])
  expect(statement).toMatchObject({
    fromOn: '2026-11-17',
    toOn: '2026-11-18',
    opening: { minor: 1_000_000n },
    closing: { minor: 1_361_649n },
  })
  expect(statement?.lines).toHaveLength(4)
})

test.each([
  ['cut off', FILE.split('\n').slice(0, -1).join('\n'), 'not whole'],
  ['a changed amount', SWAPS('240050', '240051'), 'control total on line 9'],
  ['a missing record', SWAPS('88,DESC:PAYMENT INV-7731\n', ''), 'counts 7 records, and there are 6'],
  [
    'closing that its movements do not make',
    SWAPS('1361549', '1361550').replaceAll('2780100', '2780101'),
    '$13,615.50 at the end',
  ],
  ['letters for an amount', SWAPS('150000', '15OO00'), 'no amount where one belongs'],
  ['a fraction', SWAPS('150000', '1500.00'), 'no amount where one belongs'],
  ['no such day', SWAPS('261117,2359', '260230,2359'), 'no day where one belongs'],
  ['no such currency', SWAPS('2359,USD', '2359,QQQ'), 'a currency that does not exist'],
  [
    'a movement outside of any account',
    SWAPS('03,0004488219', '77,0004488219'),
    '(77) does not belong there',
  ],
  ['a code that is neither credit nor debit', SWAPS('16,475', '16,047'), 'neither credit nor debit'],
  ['endless distributions', SWAPS('V,261118,,', 'D,99999,,'), 'does not belong there'],
  ['nothing but the head', '01,/', 'not whole'],
])('a file with %s is refused with a sentence', (_what, text, words) => {
  expect(() => readBai2(text)).toThrow(StatementUnreadable)
  expect(() => readBai2(text)).toThrow(words)
})
