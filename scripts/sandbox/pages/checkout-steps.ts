import type Stripe from 'stripe'
import type { FormTree } from '#scripts/sandbox/api/form.ts'
import { TEST_ROUTING_NUMBER } from '#scripts/sandbox/banking/test-accounts.ts'
import { chooseBank } from '#scripts/sandbox/checkout/choose-bank.ts'
import { chooseCard, chooseLink, chooseWallet } from '#scripts/sandbox/checkout/choose-card.ts'
import { chooseSaved, shownMethods } from '#scripts/sandbox/checkout/choose-saved.ts'
import { type PayResult, payWith } from '#scripts/sandbox/checkout/pay-session.ts'
import type { HttpReply } from '#scripts/sandbox/http/messages.ts'
import { bankAccountPage, bankNumbersPage, bankPickerPage } from '#scripts/sandbox/pages/bank-pages.ts'
import type { View } from '#scripts/sandbox/pages/checkout-frame.ts'
import { cardPage } from '#scripts/sandbox/pages/checkout-page.ts'
import { linkPage, savedPage, walletPage } from '#scripts/sandbox/pages/wallet-pages.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

export type Typed = Record<string, string>
/** One page of a session: how it looks, and what its form does; a page without a form only shows. */
export type CheckoutStep = {
  show: (sandbox: Sandbox, view: View) => HttpReply
  submit?: (
    sandbox: Sandbox,
    session: Stripe.Checkout.Session,
    typed: Typed,
    userAgent: string | null,
  ) => PayResult
}

/** The pages of a session by the rest of their address. */
export const CHECKOUT_STEPS: Readonly<Record<string, CheckoutStep>> = {
  '': {
    show: (_sandbox, view) => cardPage(view),
    submit: (sandbox, session, typed) =>
      payWith(sandbox, session.id, 'card', chooseCard(cardForm(typed), saves(typed))),
  },
  bank: { show: (_sandbox, view) => bankPickerPage(view, false) },
  'bank/down': { show: (_sandbox, view) => bankPickerPage(view, true) },
  'bank/oauth': {
    show: (_sandbox, view) => bankAccountPage(view, 'oauth'),
    submit: (sandbox, session, typed, userAgent) => payByBank(sandbox, session, typed, userAgent, 'instant'),
  },
  'bank/login': {
    show: (_sandbox, view) => bankAccountPage(view, 'login'),
    submit: (sandbox, session, typed, userAgent) => payByBank(sandbox, session, typed, userAgent, 'instant'),
  },
  'bank/manual': {
    show: (_sandbox, view) => bankNumbersPage(view),
    submit: (sandbox, session, typed, userAgent) => payByBank(sandbox, session, typed, userAgent, 'manual'),
  },
  'wallet/apple_pay': walletStep('apple_pay'),
  'wallet/google_pay': walletStep('google_pay'),
  link: {
    show: (_sandbox, view) => linkPage(view),
    submit: (sandbox, session, typed) => payWith(sandbox, session.id, 'link', chooseLink(typed.email ?? '')),
  },
  saved: {
    show: (sandbox, view) => savedPage(view, shownMethods(sandbox, view.session)),
    submit: (sandbox, session, typed, userAgent) =>
      payWith(sandbox, session.id, null, chooseSaved(typed.method ?? '', userAgent)),
  },
}

/** The text fields of a posted form. */
export function typedFields(form: FormTree): Typed {
  const texts = Object.entries(form).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return Object.fromEntries(texts)
}

function walletStep(wallet: 'apple_pay' | 'google_pay'): CheckoutStep {
  return {
    show: (_sandbox, view) => walletPage(view, wallet),
    submit: (sandbox, session, typed) =>
      payWith(sandbox, session.id, 'card', chooseWallet(wallet, typed.card ?? '')),
  }
}

function payByBank(
  sandbox: Sandbox,
  session: Stripe.Checkout.Session,
  typed: Typed,
  userAgent: string | null,
  entry: 'instant' | 'manual',
): PayResult {
  const form = {
    entry,
    routing: entry === 'instant' ? TEST_ROUTING_NUMBER : (typed.routing ?? ''),
    account: typed.account ?? '',
    email: typed.email ?? '',
    name: typed.name ?? '',
    holderType: typed.holderType === 'individual' ? ('individual' as const) : ('company' as const),
    saves: saves(typed),
    userAgent,
  }
  return payWith(sandbox, session.id, 'us_bank_account', chooseBank(form))
}

function saves(typed: Typed): boolean {
  return typed.save === 'yes'
}

function cardForm(typed: Typed) {
  return {
    email: typed.email ?? '',
    number: typed.number ?? '',
    expiry: typed.expiry ?? '',
    cvc: typed.cvc ?? '',
    name: typed.name ?? '',
    postalCode: typed.postalCode ?? '',
  }
}
