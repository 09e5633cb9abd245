import { requestCheck } from '#app/imports/import-jobs.server.ts'
import { findProfile } from '#app/imports/import-profiles.server.ts'
import { stageFile } from '#app/imports/stage-file.server.ts'

export type StartImport = {
  file: { path: string; name: string }
  profileName: string
  /** Empty for the profile's own. */
  source: string
  personId: string
}

export type Started =
  | { ok: true; batchId: string }
  | { ok: false; field: 'file' | 'profile' | 'source'; message: string }

/** Stages an uploaded file and asks the worker to check it. A file that cannot be read leaves nothing behind. */
export async function startImport({ file, profileName, source, personId }: StartImport): Promise<Started> {
  const profile = await findProfile(profileName)
  if (profile === null)
    return { ok: false, field: 'profile', message: 'There is no such profile. Choose one of the list.' }
  if (source !== '' && !/^[a-z0-9][a-z0-9._-]{0,39}$/.test(source))
    return {
      ok: false,
      field: 'source',
      message: 'The source is small letters, digits, dot, dash and underscore, at most 40.',
    }
  const staged = await stageFile({
    path: file.path,
    fileName: file.name,
    profile,
    source: source === '' ? undefined : source,
    createdBy: personId,
  })
  if (!staged.ok)
    return { ok: false, field: 'file', message: `Line ${staged.problem.line}: ${staged.problem.message}` }
  await requestCheck(staged.batchId)
  return { ok: true, batchId: staged.batchId }
}
