/** The committed bindings say what the contracts' ABIs say, and what ethers reads with them has the promised form. */
import { AbiCoder, Interface, id, TypedDataEncoder, ZeroAddress } from 'ethers'
import { describe, expect, test } from 'vitest'
import { demoDollar } from '#app/gateways/chain/bindings/demo-dollar.ts'
import {
  installmentPlan,
  TERMS_FIELDS as PLAN_FIELDS,
} from '#app/gateways/chain/bindings/installment-plan.ts'
import {
  invoiceEscrow,
  Status,
  TERMS_FIELDS,
  type Terms,
} from '#app/gateways/chain/bindings/invoice-escrow.ts'
import { paymentLedger } from '#app/gateways/chain/bindings/payment-ledger.ts'
import { placementRegistry } from '#app/gateways/chain/bindings/placement-registry.ts'
import { readCompiled } from '#scripts/contracts/compiled.ts'

const PAYER = '0x1111111111111111111111111111111111111111'
const PAYEE = '0x2222222222222222222222222222222222222222'
const KEY = `0x${'ab'.repeat(32)}`

const terms: Terms = {
  payer: PAYER,
  payee: PAYEE,
  arbiter: '0x3333333333333333333333333333333333333333',
  amount: 1_250_550_001n,
  offerExpires: 1_900_000_000n,
  deliverBy: 1_901_000_000n,
  window: 604_800n,
  arbiterTimeout: 1_209_600n,
  defaultPayeeShareBps: 3_333n,
  deemedDelivered: true,
  settlementKey: KEY,
  attestor: ZeroAddress,
  discountUntil: 0n,
  discountedAmount: 0n,
  agency: ZeroAddress,
  agencyShareBps: 0n,
}

const bindings = {
  PaymentLedger: paymentLedger,
  InvoiceEscrow: invoiceEscrow,
  InstallmentPlan: installmentPlan,
  PlacementRegistry: placementRegistry,
  DemoDollar: demoDollar,
}

test.each(Object.entries(bindings))(
  '%s: the binding has the ABI of the compiled contract',
  (name, binding) => {
    const compiled = new Interface(JSON.stringify(readCompiled(name).abi))
    expect(binding.interface.format()).toEqual(compiled.format())
  },
)

test.each([
  ['InvoiceEscrow', TERMS_FIELDS],
  ['InstallmentPlan', PLAN_FIELDS],
] as const)(
  '%s: the fields of its typed data give the type hash that the contract signs with',
  (name, fields) => {
    const typeHash = id(TypedDataEncoder.from({ Terms: [...fields] }).encodeType('Terms'))
    expect(readCompiled(name).bytecode).toContain(typeHash.slice(2))
  },
)

describe('a call', () => {
  test('is encoded as ethers decodes it', () => {
    const data = invoiceEscrow.encode('release', terms, 5n)
    const call = invoiceEscrow.interface.parseTransaction({ data })
    expect(call?.name).toBe('release')
    expect(call?.args.toObject(true)).toEqual({ terms, part: 5n })
  })

  test('of a constructor is encoded alone, to follow the bytecode', () => {
    const encoded = AbiCoder.defaultAbiCoder().encode(['address'], [PAYEE])
    expect(invoiceEscrow.encodeConstructor(PAYEE)).toBe(encoded)
  })
})

describe('a log', () => {
  test('is read with its struct as plain fields', () => {
    const fields = { id: KEY, payer: PAYER, payee: PAYEE, funded: terms.amount, terms }
    const log = invoiceEscrow.interface.encodeEventLog('Funded', Object.values(fields))
    expect(log.topics[0]).toBe(invoiceEscrow.topicOf('Funded'))
    expect(invoiceEscrow.parseLog(log)).toEqual({ name: 'Funded', args: fields })
  })

  test('of another contract is null', () => {
    const log = demoDollar.interface.encodeEventLog('Transfer', [PAYER, PAYEE, 1n])
    expect(invoiceEscrow.parseLog(log)).toBeNull()
  })
})

describe('a revert', () => {
  test('is read with the status by its name', () => {
    const data = invoiceEscrow.interface.encodeErrorResult('InvoiceEscrow_StatusInvalid', [KEY, Status.Ruled])
    expect(invoiceEscrow.parseError(data)).toEqual({
      name: 'InvoiceEscrow_StatusInvalid',
      args: { id: KEY, status: Status.Ruled },
    })
  })

  test('without a known error is null', () => {
    expect(invoiceEscrow.parseError('0x12345678')).toBeNull()
  })
})
