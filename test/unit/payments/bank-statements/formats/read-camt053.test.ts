/** camt.053 statements: what is booked, exactly; and XML that means harm. */
import { expect, test } from 'vitest'
import { StatementUnreadable } from '#app/payments/bank-statements/bank-statement.ts'
import { readCamt053 } from '#app/payments/bank-statements/formats/read-camt053.ts'

const entry = (
  amount: string,
  rest: string,
  direction = 'CRDT',
  state = '<Sts><Cd>BOOK</Cd></Sts>',
): string =>
  `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd>${state}<BookgDt><Dt>2026-11-17</Dt></BookgDt>
   <ValDt><Dt>2026-11-18</Dt></ValDt>${rest}</Ntry>`
const balance = (code: string, amount: string): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-17</Dt></Dt></Bal>`
const document = (entries: string, closing: string, head = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>${head}
   <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>
   <Stmt><Id>S1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
   ${balance('OPBD', '100.00')}${balance('CLBD', closing)}${entries}</Stmt></BkToCstmrStmt></Document>`
const PAID = entry(
  '1190.5',
  `<AcctSvcrRef>BANK1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E2E-9</EndToEndId></Refs>
   <RltdPties><Dbtr><Pty><Nm>Quillhaven &amp; Söhne</Nm></Pty></Dbtr></RltdPties>
   <RmtInf><Ustrd>Invoice INV-7731</Ustrd><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls>`,
)

test('a booked entry is one exact movement with its payer, references and remittance', () => {
  const [statement] = readCamt053(document(PAID + entry('40.50', '', 'DBIT'), '1250.00'))
  expect(statement).toMatchObject({
    format: 'camt053',
    account: 'DE89370400440532013000',
    currency: 'EUR',
    opening: { minor: 10_000n },
    closing: { minor: 125_000n },
  })
  expect(statement?.lines).toEqual([
    {
      bookedOn: '2026-11-17',
      valueOn: '2026-11-18',
      amount: { minor: 119_050n, currency: 'EUR' },
      counterparty: 'Quillhaven & Söhne',
      reference: 'BANK1 E2E-9',
      description: 'Invoice INV-7731 RF18',
    },
    expect.objectContaining({
      amount: { minor: -4_050n, currency: 'EUR' },
      counterparty: null,
      reference: null,
    }),
  ])
})

test('an entry of several payments is one movement with all of their texts; older versions name the payer directly', () => {
  const details = (name: string, text: string): string =>
    `<TxDtls><RltdPties><Dbtr><Nm>${name}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls>`
  const batch = entry(
    '30.00',
    `<NtryDtls>${details('A Ltd', 'INV-1')}${details('B Ltd', 'INV-2')}</NtryDtls>`,
  )
  const [statement] = readCamt053(document(batch, '130.00'))
  expect(statement?.lines).toMatchObject([{ counterparty: 'A Ltd B Ltd', description: 'INV-1 INV-2' }])
})

test('what is pending or informative only is no movement yet', () => {
  const pending =
    entry('5.00', '', 'CRDT', '<Sts>PDNG</Sts>') + entry('6.00', '', 'CRDT', '<Sts><Cd>INFO</Cd></Sts>')
  const [statement] = readCamt053(document(pending, '100.00'))
  expect(statement?.lines).toEqual([])
})

const LAUGHS = `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "${'&lol;'.repeat(10)}"><!ENTITY lol3 "${'&lol2;'.repeat(10)}">]>`
const XXE = '<!DOCTYPE Document [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'

test.each([
  [
    'an entity that reads a file',
    document(PAID.replace('INV-7731', '&secret;'), '1290.50', XXE),
    'document type of its own',
  ],
  [
    'entities that multiply',
    document(PAID.replace('INV-7731', '&lol3;'), '1290.50', LAUGHS),
    'document type of its own',
  ],
  [
    'an external document type',
    document(PAID, '1290.50', '<!DOCTYPE a SYSTEM "http://example.test/a.dtd">'),
    'document type of its own',
  ],
  [
    'an entity that nobody defines',
    document(PAID.replace('INV-7731', '&secret;'), '1290.50'),
    'not well-formed XML',
  ],
  ['elements without end', '<a>'.repeat(100_000), 'nested too deeply'],
  ['a missing end', document(PAID, '1290.50').slice(0, -20), 'not well-formed XML'],
  ['another message', '<Document><BkToCstmrAcctRpt/></Document>', 'not a camt.053 statement'],
  ['no statement', '<Document><BkToCstmrStmt/></Document>', 'holds no statement'],
  ['a closing balance that its movements do not make', document(PAID, '1290.51'), 'does not add up'],
  [
    'more decimals than the currency has',
    document(entry('1.005', ''), '101.00'),
    'An amount of the file cannot be read',
  ],
  [
    'an exponent for an amount',
    document(entry('1e3', ''), '1100.00'),
    'An amount of the file cannot be read',
  ],
  ['a negative amount', document(entry('-5.00', ''), '95.00'), 'An amount of the file cannot be read'],
  [
    'another currency among its movements',
    document(PAID.replace('"EUR"', '"USD"'), '1290.50'),
    'mixes EUR with another',
  ],
  [
    'a movement without a day',
    document(entry('5.00', '').replace(/<BookgDt>.*?<\/BookgDt>\s*<ValDt>.*?<\/ValDt>/s, ''), '105.00'),
    'has no day',
  ],
])('a file with %s is refused with a sentence', (_what, text, words) => {
  expect(() => readCamt053(text)).toThrow(StatementUnreadable)
  expect(() => readCamt053(text)).toThrow(words)
})
