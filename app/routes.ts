import { index, layout, type RouteConfig, route } from '@react-router/dev/routes'

/** Every address of the portal. Each one also has a row in app/parties/policy.ts. */
export default [
  layout('routes/public/layout.tsx', [
    index('routes/public/home.tsx'),
    route('check', 'routes/public/check.tsx'),
    route('sign-in', 'routes/auth/sign-in.tsx'),
    route('sign-in/link', 'routes/auth/sign-in-link.tsx'),
    route('sign-in/link/open', 'routes/auth/open-sign-in-link.tsx'),
    route('sign-in/code', 'routes/auth/sign-in-code.tsx'),
    route('sign-in/enrol', 'routes/auth/enrol-code.tsx'),
    route('sessions', 'routes/auth/sessions.tsx'),
    route('customers', 'routes/auth/customers.tsx'),
    route('demo/authenticator', 'routes/auth/demo-authenticator.tsx'),
    route('pay/return', 'routes/buyer/pay-return.tsx'),
  ]),
  route('sign-out', 'routes/auth/sign-out.ts'),
  route('theme', 'routes/public/theme.ts'),
  route('health', 'routes/public/health.ts'),
  route('.well-known/quittance.json', 'routes/public/well-known.ts'),
  route('webhooks/stripe', 'routes/webhooks/stripe.ts'),

  route('c/:customerId', 'routes/buyer/layout.tsx', [
    index('routes/buyer/home.tsx'),
    route('invoices', 'routes/buyer/invoices.tsx'),
    route('invoices/:invoiceId', 'routes/buyer/invoice.tsx'),
    route('statement', 'routes/buyer/statement.tsx'),
    route('open-items', 'routes/buyer/open-items.tsx'),
    route('credits', 'routes/buyer/credits.tsx'),
    route('pay', 'routes/buyer/pay.tsx'),
    route('payments', 'routes/buyer/payments.tsx'),
    route('payments/:paymentId', 'routes/buyer/payment.tsx'),
  ]),
  // Files of the buyer's pages: the same figures on paper, for spreadsheets and for programs.
  route('c/:customerId/invoices.csv', 'routes/buyer/invoices-csv.ts'),
  route('c/:customerId/invoices.json', 'routes/buyer/invoices-json.ts'),
  route('c/:customerId/invoices/:invoiceId/invoice.pdf', 'routes/buyer/invoice-pdf.ts'),
  route('c/:customerId/statement.pdf', 'routes/buyer/statement-pdf.ts'),
  route('c/:customerId/statement.csv', 'routes/buyer/statement-csv.ts'),
  route('c/:customerId/statement.json', 'routes/buyer/statement-json.ts'),
  route('c/:customerId/open-items.pdf', 'routes/buyer/open-items-pdf.ts'),
  route('c/:customerId/open-items.csv', 'routes/buyer/open-items-csv.ts'),
  route('c/:customerId/open-items.json', 'routes/buyer/open-items-json.ts'),
  route('c/:customerId/payments/:paymentId/receipt.pdf', 'routes/buyer/receipt-pdf.ts'),
  route('c/:customerId/payments/:paymentId/receipt.json', 'routes/buyer/receipt-json.ts'),
  layout('routes/staff/layout.tsx', [
    route('staff/imports', 'routes/staff/imports.tsx'),
    route('staff/imports/profiles/new', 'routes/staff/imports-profile.tsx'),
    route('staff/imports/:batchId', 'routes/staff/imports-batch.tsx'),
  ]),
] satisfies RouteConfig
