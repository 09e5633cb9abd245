/** camt.053 of ISO 20022, the end-of-day statement in XML: booked entries only, each one line, whatever it is made of. */
import { readDecimal, toMinor } from '#app/imports/cells.ts'
import { type CurrencyCode, currencyExponent, findCurrency } from '#app/money/currencies.ts'
import { type Money, money } from '#app/money/money.ts'
import {
  type AccountStatement,
  daysOf,
  joinStatements,
  MOST_LINES,
  type StatementLine,
  StatementUnreadable,
  tidyText,
} from '#app/payments/bank-statements/bank-statement.ts'
import { all, find, readXml, textAt, type XmlNode } from '#app/payments/bank-statements/formats/xml-tree.ts'
import { type BusinessDate, findBusinessDate } from '#app/platform/time.ts'

/** The accounts of a camt.053 document. Throws StatementUnreadable. */
export function readCamt053(document: string): AccountStatement[] {
  const statements: AccountStatement[] = []
  let lines: StatementLine[] = []
  const root = readXml(document, (node, parent) => {
    if (node.name === 'Ntry' && parent?.name === 'Stmt') {
      const line = readEntry(node)
      if (line !== null) lines.push(line)
      if (lines.length > MOST_LINES)
        throw new StatementUnreadable(`The file has more than ${MOST_LINES} movements. Import it in parts.`)
      return true
    }
    if (node.name !== 'Stmt') return false
    statements.push(readStatement(node, lines))
    lines = []
    return true
  })
  if (find(root, 'BkToCstmrStmt') === undefined)
    throw new StatementUnreadable(
      'This XML file is not a camt.053 statement. Ask the bank for the end-of-day statement (camt.053).',
    )
  if (statements.length === 0) throw new StatementUnreadable('The file holds no statement.')
  return joinStatements(statements)
}

function readStatement(node: XmlNode, lines: readonly StatementLine[]): AccountStatement {
  const account = textAt(node, 'Acct', 'Id', 'IBAN') || textAt(node, 'Acct', 'Id', 'Othr', 'Id')
  if (account === '') throw new StatementUnreadable('A statement of the file names no account.')
  const opening = balanceOf(node, ['OPBD', 'PRCD'])
  const closing = balanceOf(node, ['CLBD'])
  const stated = textAt(node, 'Acct', 'Ccy')
  const currency = findCurrency(stated) ?? opening?.currency ?? closing?.currency ?? lines[0]?.amount.currency
  if (currency === undefined) throw new StatementUnreadable('A statement of the file names no currency.')
  const amounts = [opening, closing, ...lines.map((line) => line.amount)]
  if (amounts.some((amount) => amount !== null && amount.currency !== currency))
    throw new StatementUnreadable(
      `A statement of the file mixes ${currency} with another currency, so it cannot add up.`,
    )
  const days = daysOf(lines)
  return {
    ...{ format: 'camt053', account, currency, opening, closing, lines },
    fromOn: dayAt(node, 'FrToDt', 'FrDtTm') ?? days.fromOn,
    toOn: dayAt(node, 'FrToDt', 'ToDtTm') ?? days.toOn,
  }
}

function balanceOf(node: XmlNode, codes: readonly string[]): Money | null {
  const balance = all(node, 'Bal').find((each) => codes.includes(textAt(each, 'Tp', 'CdOrPrtry', 'Cd')))
  return balance === undefined ? null : signedAmount(balance)
}

/** The movement of an entry; null for one that is not booked yet, or moves nothing. */
function readEntry(entry: XmlNode): StatementLine | null {
  const state = textAt(entry, 'Sts', 'Cd') || textAt(entry, 'Sts')
  if (state !== '' && state !== 'BOOK') return null
  const bookedOn =
    dayAt(entry, 'BookgDt', 'Dt') ?? dayAt(entry, 'BookgDt', 'DtTm') ?? dayAt(entry, 'ValDt', 'Dt')
  if (bookedOn === null) throw new StatementUnreadable('A movement of the file has no day.')
  const amount = signedAmount(entry)
  if (amount.minor === 0n) return null
  const details = all(entry, 'NtryDtls').flatMap((each) => all(each, 'TxDtls'))
  const party = amount.minor > 0n ? 'Dbtr' : 'Cdtr'
  const texts = (read: (each: XmlNode) => readonly string[]): string =>
    [...new Set(details.flatMap(read).filter((text) => text !== '' && text !== 'NOTPROVIDED'))].join(' ')
  return {
    bookedOn,
    valueOn: dayAt(entry, 'ValDt', 'Dt') ?? dayAt(entry, 'ValDt', 'DtTm'),
    amount,
    counterparty: tidyText(texts((each) => [nameOf(each, party)])),
    reference: tidyText(
      [
        textAt(entry, 'AcctSvcrRef'),
        texts((each) => [textAt(each, 'Refs', 'EndToEndId'), textAt(each, 'Refs', 'ChqNb')]),
      ].join(' '),
    ),
    description: tidyText(`${texts(remittanceOf)} ${textAt(entry, 'AddtlNtryInf')}`),
  }
}

function nameOf(details: XmlNode, party: 'Dbtr' | 'Cdtr'): string {
  const parties = find(details, 'RltdPties')
  return textAt(parties, party, 'Nm') || textAt(parties, party, 'Pty', 'Nm')
}

function remittanceOf(details: XmlNode): string[] {
  const remittance = find(details, 'RmtInf')
  const structured = all(remittance, 'Strd').flatMap((each) => [
    textAt(each, 'CdtrRefInf', 'Ref'),
    ...all(each, 'RfrdDocInf').map((document) => textAt(document, 'Nb')),
  ])
  return [...all(remittance, 'Ustrd').map((each) => each.text.trim()), ...structured]
}

/** Amount and direction of a balance or an entry. An entry that reverses another says the direction that it moves money in. */
function signedAmount(node: XmlNode): Money {
  const element = find(node, 'Amt')
  const currency: CurrencyCode | null = findCurrency(element?.attributes.Ccy ?? '')
  const text = element?.text.trim() ?? ''
  const read = /^\d{1,12}(\.\d{1,5})?$/.test(text) ? readDecimal(text, '.') : null
  const minor = currency === null || read === null ? null : toMinor(read, currencyExponent(currency))
  const direction = textAt(node, 'CdtDbtInd')
  if (currency === null || minor === null || (direction !== 'CRDT' && direction !== 'DBIT'))
    throw new StatementUnreadable(`An amount of the file cannot be read: “${text.slice(0, 30)}”.`)
  return money(direction === 'DBIT' ? -minor : minor, currency)
}

function dayAt(node: XmlNode, ...path: readonly string[]): BusinessDate | null {
  return findBusinessDate(textAt(node, ...path).slice(0, 10))
}
