import { redirect } from 'react-router'
import { signOut } from '#app/parties/sign-in.server.ts'
import { requestInfo } from '#app/platform/request-context.ts'
import type { Route } from './+types/sign-out.ts'
import { redirectWith } from './answers.server.ts'

/** Only a post signs out; whoever opens the address is sent to the start page. */
export function loader(): Response {
  return redirect('/')
}

/** Ends the session and tells the browser to forget every page and cookie of this site. */
export async function action({ request, context }: Route.ActionArgs): Promise<Response> {
  const cookies = await signOut({ request, address: context.get(requestInfo).clientAddress })
  const response = redirectWith(cookies, '/sign-in')
  response.headers.set('Clear-Site-Data', '"cache", "storage"')
  return response
}
