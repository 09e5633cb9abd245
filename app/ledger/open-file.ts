import { type Disclosure, type DisclosureRefusal, parseDisclosure } from './disclosure.ts'
import { embeddedFiles, isPdf } from './pdf-attachment.ts'

export type OpenedFile =
  | { ok: true; disclosure: Disclosure; isPdf: boolean }
  | {
      ok: false
      refusal: Omit<DisclosureRefusal, 'code'> & { code: DisclosureRefusal['code'] | 'no_attachment' }
    }

/** Reads what a person hands in: a disclosure file, or a receipt PDF that carries exactly one. */
export async function openFile(bytes: Uint8Array): Promise<OpenedFile> {
  if (!isPdf(bytes)) {
    const parsed = parseDisclosure(bytes)
    return parsed.ok ? { ...parsed, isPdf: false } : parsed
  }
  const files = await embeddedFiles(bytes)
  const [file] = files
  if (file === undefined || files.length > 1)
    return {
      ok: false,
      refusal: {
        code: 'no_attachment',
        sentence:
          'This PDF does not carry exactly one disclosure file: it is no receipt of ours, or it was changed.',
      },
    }
  const parsed = parseDisclosure(file)
  return parsed.ok ? { ...parsed, isPdf: true } : parsed
}
