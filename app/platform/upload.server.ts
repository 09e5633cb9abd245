import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type FileUpload,
  FormDataParseError,
  MaxFileSizeExceededError,
  MaxTotalSizeExceededError,
  parseFormData,
} from '@remix-run/form-data-parser'

export type Upload =
  | { ok: true; form: FormData; file: { path: string; name: string } | null; discard: () => Promise<void> }
  | { ok: false; problem: 'TOO_LARGE' | 'NOT_A_FORM' }

/**
 * Reads a form with at most one file in `field`, which goes into a temporary file readable by this account only. Call
 * `discard` when done with it. A form that names a path in place of a file has no file.
 */
export async function receiveUpload(request: Request, field: string, maxBytes: number): Promise<Upload> {
  let file: { path: string; name: string } | null = null
  const discard = async (): Promise<void> => {
    if (file !== null) await rm(file.path, { force: true })
  }
  const store = async (upload: FileUpload): Promise<null> => {
    if (upload.fieldName !== field || upload.size === 0 || file !== null) return null
    const path = join(tmpdir(), `quittance-upload-${randomUUID()}`)
    await writeFile(path, upload.stream(), { mode: 0o600 })
    file = { path, name: upload.name }
    return null
  }
  try {
    const options = { maxFiles: 1, maxFileSize: maxBytes, maxParts: 50, maxTotalSize: maxBytes + 500_000 }
    const form = await parseFormData(request, options, store)
    return { ok: true, form, file, discard }
  } catch (error) {
    await discard()
    if (error instanceof MaxFileSizeExceededError || error instanceof MaxTotalSizeExceededError)
      return { ok: false, problem: 'TOO_LARGE' }
    if (error instanceof FormDataParseError) return { ok: false, problem: 'NOT_A_FORM' }
    throw error
  }
}
