import { index, layout, type RouteConfig, route } from '@react-router/dev/routes'

/** Every address of the portal. Each one also has a row in app/parties/policy.ts. */
export default [
  layout('routes/public/layout.tsx', [index('routes/public/home.tsx')]),
  route('theme', 'routes/public/theme.ts'),

  route('c/:customerId', 'routes/buyer/layout.tsx', [
    index('routes/buyer/home.tsx'),
    route('invoices', 'routes/buyer/invoices.tsx'),
    route('statement', 'routes/buyer/statement.tsx'),
    route('open-items', 'routes/buyer/open-items.tsx'),
    route('credits', 'routes/buyer/credits.tsx'),
  ]),
] satisfies RouteConfig
