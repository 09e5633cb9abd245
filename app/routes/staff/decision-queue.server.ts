/** Queues in which staff say yes or no to what somebody asked for: how their addresses are read and their forms answered. */
import { data, redirect } from 'react-router'
import { decodeId, encodeId, type Id } from '#app/books/ids.ts'
import { REFUSALS, type Result } from '#app/books/refusals.ts'

/** What tells one queue from another. */
export type Queue<Prefix extends 'crq' | 'wof'> = {
  readonly page: string
  /** Of the ids of what is decided. */
  readonly prefix: Prefix
  /** What the page says after a yes and after a no. */
  readonly done: { readonly approve: string; readonly decline: string }
  /** What the page says to a no without a note. */
  readonly noteNeeded: string
}

/** Which part of the queue the address asks for: what waits or what is decided, and after which one. */
export function readQueueAddress<Prefix extends 'crq' | 'wof'>(
  request: Request,
  { prefix, done }: Queue<Prefix>,
) {
  const address = new URL(request.url).searchParams
  const said = address.get('done')
  return {
    isOpen: address.get('show') !== 'decided',
    after: decodeId(prefix, address.get('after') ?? ''),
    done: said === 'approve' || said === 'decline' ? done[said] : null,
  }
}

/** Where the newest and the next older ones are; null where there is no such page. */
export function queueLinks(
  { page, prefix }: Queue<'crq' | 'wof'>,
  { isOpen, after }: { readonly isOpen: boolean; readonly after: string | null },
  next: string | null,
) {
  const base = `${page}?show=${isOpen ? 'open' : 'decided'}`
  return {
    newest: after === null ? null : base,
    older: next === null ? null : `${base}&after=${encodeId(prefix, next)}`,
  }
}

/** Answers the form of one of them: a no needs a note, and what was typed comes back with what is wrong. */
export async function answerQueueForm<Prefix extends 'crq' | 'wof'>(
  form: FormData,
  { page, prefix, noteNeeded }: Queue<Prefix>,
  decide: (id: Id<Prefix>, answer: { approve: boolean; note: string | null }) => Promise<Result<object>>,
) {
  const text = String(form.get('request') ?? '')
  const note = String(form.get('note') ?? '')
    .trim()
    .slice(0, 500)
  const approve = form.get('act') === 'approve'
  const wrong = (problem: string, status: number) => data({ id: text, note, problem }, { status })
  const id = decodeId(prefix, text)
  if (id === null) return wrong(REFUSALS.REQUEST_NOT_FOUND.sentence, 404)
  if (!approve && note === '') return wrong(noteNeeded, 400)
  const result = await decide(id, { approve, note: note === '' ? null : note })
  if (result.ok) return redirect(`${page}?done=${approve ? 'approve' : 'decline'}`, 303)
  const { sentence, status } = REFUSALS[result.refusal.code]
  return wrong(sentence, status)
}
