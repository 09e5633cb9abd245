import type { ReactNode } from 'react'
import { Outlet, useRouteLoaderData } from 'react-router'
import type { loader as rootLoader } from '#app/root.tsx'
import { Frame } from '#app/ui/frame.tsx'

export default function PublicLayout(): ReactNode {
  const theme = useRouteLoaderData<typeof rootLoader>('root')?.theme ?? 'system'
  return (
    <Frame
      name="Quittance"
      home="/"
      theme={theme}
      footerLinks={[{ to: '/check', label: 'Check it yourself' }]}
    >
      <Outlet />
    </Frame>
  )
}
