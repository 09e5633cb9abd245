import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { createRoutesStub, useSearchParams } from 'react-router'
import { AccountFigures, AmountDueBlock } from '#app/components/account/account-figures.tsx'
import { CustomerSwitcher } from '#app/components/account/customer-switcher.tsx'
import { SignOutForm } from '#app/components/account/sign-out-form.tsx'
import { CartForm } from '#app/components/cart/cart-form.tsx'
import { InvoiceList } from '#app/components/invoices/invoice-list.tsx'
import { MoneyBreakdown } from '#app/components/invoices/money-breakdown.tsx'
import { type MoneyState, MoneyStateTag } from '#app/components/invoices/money-state.tsx'
import { LedgerMark } from '#app/components/ledger/ledger-mark.tsx'
import { PaymentTimeline } from '#app/components/payments/payment-timeline.tsx'
import { ReceiptSheet } from '#app/components/payments/receipt-sheet.tsx'
import { AgingChart, AgingTable } from '#app/components/statements/aging.tsx'
import { StatementTable } from '#app/components/statements/statement-table.tsx'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button, ButtonLink, DownloadLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorPage } from '#app/ui/error-page.tsx'
import { ErrorSummary } from '#app/ui/error-summary.tsx'
import { Checkbox, Select, TextArea, TextInput } from '#app/ui/field.tsx'
import { Frame } from '#app/ui/frame.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Progress } from '#app/ui/progress.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { AGING, CART, EVENTS, LIST, RECEIPT, STATEMENT } from '#test/gallery/samples.ts'

const STATES: readonly MoneyState[] = [
  'open',
  'past-due',
  'on-its-way',
  'settled',
  'part-settled',
  'disputed',
  'on-plan',
  'in-escrow',
  'preparing',
  'awaiting',
  'checking',
  'returned',
  'charged-back',
  'refunded',
  'failed',
  'expired',
]

const SHEETS: Record<string, () => ReactNode> = {
  home: () => (
    <>
      <div className="columns">
        <AmountDueBlock
          due={{
            title: 'To pay in USD',
            label: 'To pay',
            amount: '$1,240.50',
            when: '$400.00 was due on 11 Nov 2026, 12 days late. The rest falls due on 3 Dec 2026, in 10 days.',
            pay: { label: 'Pay $1,240.50', href: '/pay' },
            also: { label: 'Choose what to pay', href: '/invoices' },
          }}
        />
        <AccountFigures
          title="Your account in US dollars"
          asOf="23 Nov 2026, 09:20 EST"
          figures={[
            { key: 'open', name: 'Open in all', amount: '$14,240.70', href: '/x' },
            { key: 'due', name: 'Past due', amount: '$400.00', href: '/x' },
            { key: 'way', name: 'On its way', amount: '$1,204.00', href: '/x' },
            { key: 'dis', name: 'Disputed', amount: '$96.20', href: '/x' },
            { key: 'cr', name: 'Credit not used', amount: '$0.00', href: null },
          ]}
        />
      </div>
      <section className="section">
        <h2>Waiting for you</h2>
        <ul className="to-do">
          <li>
            <span>Payment P-1008 over $1,204.00 was started and not finished.</span>
            <ButtonLink variant="secondary" to="/x">
              Finish or cancel
            </ButtonLink>
          </li>
        </ul>
      </section>
      <section className="section">
        <AgingChart aging={AGING} />
      </section>
    </>
  ),
  invoices: () => (
    <>
      <PageHeader title="Invoices" />
      <InvoiceList {...LIST} />
    </>
  ),
  cart: () => (
    <>
      <PageHeader title="Review and pay" lead="Change an amount if you want to pay only a part." />
      <div className="stack">
        <ErrorSummary
          problems={[
            {
              fieldId: 'amount-inv_1',
              message: 'The most that can be paid on invoice INV-20418 is $840.50.',
            },
          ]}
        />
        <CartForm cart={CART} action="/x" />
      </div>
    </>
  ),
  receipt: () => (
    <>
      <PageHeader
        title="Paid. Thank you."
        kicker="Payment P-1007"
        lead="We sent the receipt to ana@aurora.example."
      >
        <DownloadLink href="/x">Receipt PDF</DownloadLink>
        <DownloadLink href="/x">Disclosure file</DownloadLink>
      </PageHeader>
      <ReceiptSheet receipt={RECEIPT} />
      <section className="section">
        <h2>What happened</h2>
        <PaymentTimeline events={EVENTS} />
      </section>
    </>
  ),
  statement: () => (
    <>
      <PageHeader title="Statement" lead="1 Nov 2026 to 30 Nov 2026">
        <DownloadLink href="/x">PDF</DownloadLink>
      </PageHeader>
      <StatementTable
        currency="USD"
        from="1 Nov 2026"
        to="30 Nov 2026"
        opening="1,600.00"
        closing="800.00"
        totalDebit="840.50"
        totalCredit="1,640.50"
        rows={STATEMENT}
      />
      <section className="section">
        <AgingTable aging={AGING} />
      </section>
    </>
  ),
  parts: () => (
    <div className="stack-l">
      <PageHeader title="Parts" kicker="Everything in one place" lead="A sheet for looking at." />
      <div className="row">
        {STATES.map((state) => (
          <MoneyStateTag
            key={state}
            state={state}
            detail={state === 'on-its-way' ? 'expected 8 Dec 2026' : null}
          />
        ))}
      </div>
      <MoneyBreakdown
        parts={[
          { state: 'settled', minor: '600000', text: '$6,000.00' },
          { state: 'on-its-way', minor: '250000', text: '$2,500.00', detail: 'expected 8 Dec 2026' },
          { state: 'disputed', minor: '50000', text: '$500.00' },
          { state: 'open', minor: '365000', text: '$3,650.00' },
        ]}
      />
      <div className="row">
        <Button>Pay $1,240.50</Button>
        <Button variant="secondary">Save</Button>
        <Button variant="danger">Cancel the payment</Button>
        <Button variant="quiet">Sign out</Button>
      </div>
      <ActionForm className="stack sign-in-sample">
        <ErrorSummary problems={[{ fieldId: 'email', message: 'Enter your e-mail address.' }]} />
        <TextInput id="email" label="E-mail address" type="email" error="Enter your e-mail address." />
        <TextInput
          label="Amount"
          prefix="USD"
          inputMode="decimal"
          hint="At most $840.50"
          className="input--amount"
        />
        <Select
          label="Reason"
          options={[
            ['a', 'Goods damaged'],
            ['b', 'Price differs'],
          ]}
        />
        <TextArea label="What happened?" optional />
        <Checkbox label="Keep me signed in on this device" />
      </ActionForm>
      <Notice tone="amber" title="We are checking this payment">
        <p>Do not pay again. This page changes by itself.</p>
      </Notice>
      <Notice tone="accent" title="Saved" />
      <Notice tone="brick" title="The card was declined">
        <p>Nothing was charged. Try another card.</p>
      </Notice>
      <Notice tone="slate" title="A question for you" />
      <Progress done={1204} total={2466} label="Import" text="1,204 of 2,466 rows checked" />
      <Tabs
        label="Statement"
        tabs={[
          { to: '/a', label: 'Activity', current: true },
          { to: '/b', label: 'Open items', current: false },
        ]}
      />
      <LedgerMark state="final" details={RECEIPT.ledgerDetails} />
      <LedgerMark state="queued" />
      <EmptyState title="No invoice fits these filters">
        <p className="muted">
          <a href="/x">Show all open invoices</a>
        </p>
      </EmptyState>
      <ErrorPage error={new Error('x')} reference="req_01JD8Z" />
    </div>
  ),
}

/** The names of the sheets. */
export const SHEET_NAMES: readonly string[] = Object.keys(SHEETS)

/** One sheet of components inside the frame, as static HTML without the document around it. */
export function renderSheet(name: string): string {
  const Stub = createRoutesStub([{ path: '*', Component: GalleryPage }])
  const path = name === 'home' ? '/c/cst_1' : '/c/cst_1/invoices'
  return renderToStaticMarkup(<Stub initialEntries={[`${path}?sheet=${name}`]} />)
}

function GalleryPage(): ReactNode {
  const sheet = SHEETS[useSearchParams()[0].get('sheet') ?? '']
  return (
    <Frame
      name="Halden Paper Company"
      home="/c/cst_1"
      theme="system"
      nav={[
        { to: '/c/cst_1', label: 'Overview', exact: true },
        { to: '/c/cst_1/invoices', label: 'Invoices' },
        { to: '/c/cst_1/statement', label: 'Statement' },
        { to: '/c/cst_1/open-items', label: 'Open items' },
        { to: '/c/cst_1/payments', label: 'Payments' },
      ]}
      tools={
        <>
          <CustomerSwitcher
            current="a"
            customers={[
              { id: 'a', name: 'Aurora Books Ltd', number: 'C-1001' },
              { id: 'b', name: 'Borealis Press', number: 'C-1002' },
            ]}
          />
          <SignOutForm name="Ana Ruiz" />
        </>
      }
      footerLinks={[{ to: '/check', label: 'Check it yourself' }]}
    >
      {sheet?.()}
    </Frame>
  )
}
