import type { ReactNode } from 'react'
import { readDemoPeople } from '#app/parties/demo-people.server.ts'
import { notFound } from '#app/parties/require.server.ts'
import { totpCode, totpStep } from '#app/parties/totp.ts'
import { env } from '#app/platform/env.server.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/demo-authenticator.ts'

/** Stands in for the phone of the demo's staff. Exists in the demo only. */
export async function loader(_: Route.LoaderArgs) {
  if (env.mode !== 'demo') throw notFound()
  const at = new Date()
  const people = await readDemoPeople()
  const codes = people.flatMap(({ name, email, totpSecret }) =>
    totpSecret === undefined ? [] : [{ name, email, code: totpCode(totpSecret, totpStep(at)) }],
  )
  return { codes, secondsLeft: 30 - (Math.floor(at.getTime() / 1000) % 30) }
}

export default function DemoAuthenticator({ loaderData }: Route.ComponentProps): ReactNode {
  const { codes, secondsLeft } = loaderData
  return (
    <div className="stack">
      <title>Demo authenticator</title>
      <PageHeader title="Demo authenticator" />
      <Notice tone="amber" title="This page exists in the demo only">
        <p>
          It stands in for the phone of the demo staff. In production nobody but the person sees these codes.
        </p>
      </Notice>
      {codes.length === 0 ? (
        <EmptyState title="No demo staff yet">
          <p>They are made when the demo is first set up.</p>
        </EmptyState>
      ) : (
        <KeyValues
          facts={codes.map(({ name, email, code }) => ({
            key: email,
            name: `${name} (${email})`,
            value: <code>{`${code.slice(0, 3)} ${code.slice(3)}`}</code>,
          }))}
        />
      )}
      <p className="muted">Good for another {secondsLeft} seconds. Each code counts once.</p>
      <div className="row">
        <ButtonLink to="/demo/authenticator" variant="secondary" reloadDocument>
          Show the current codes
        </ButtonLink>
      </div>
    </div>
  )
}
