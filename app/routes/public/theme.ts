import { data, redirect } from 'react-router'
import { localPath } from '#app/ui/local-path.ts'
import { parseTheme, themeCookie } from '#app/ui/theme.ts'
import type { Route } from './+types/theme.ts'

/** Remembers light, dark or system, and goes back to where the reader was. */
export async function action({ request }: Route.ActionArgs): Promise<Response> {
  const form = await request.formData()
  const theme = parseTheme(form.get('theme'))
  if (!theme) throw data('Choose light, dark or system.', { status: 400 })
  return redirect(localPath(form.get('returnTo')), { headers: { 'Set-Cookie': themeCookie(theme) } })
}

export function loader(): Response {
  return redirect('/')
}
