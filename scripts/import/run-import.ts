import { access, constants, readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { listRowErrors } from '#app/imports/batch-queries.server.ts'
import { rowWords } from '#app/imports/batch-words.ts'
import { checkBatch } from '#app/imports/check-batch.server.ts'
import { commitBatch } from '#app/imports/commit-batch.server.ts'
import { controlTotalsSchema } from '#app/imports/control-totals.ts'
import { findProfile, listProfiles, profilesThatFit } from '#app/imports/import-profiles.server.ts'
import type { RowError } from '#app/imports/imported-invoice.ts'
import { type Profile, parseProfile } from '#app/imports/profile.ts'
import { readColumns, stageFile } from '#app/imports/stage-file.server.ts'
import { db } from '#app/platform/db.server.ts'
import type { ImportArguments } from '#scripts/import/arguments.ts'
import { batchText, errorText } from '#scripts/import/print-batch.ts'
import type { ProgressBar } from '#scripts/import/progress-bar.ts'

const ERRORS_A_READ = 500

export type Output = { print: (line: string) => void; bar: ProgressBar }

/** Ends the command with exit code 2 and one sentence. */
export class CannotImport extends Error {
  override readonly name = 'CannotImport'
}

/** Stages, checks and, unless it is a dry run, books one file. Answers the exit code. */
export async function runImport(options: ImportArguments, { print, bar }: Output): Promise<0 | 1> {
  const path = resolve(options.file)
  await access(path, constants.R_OK).catch(() => {
    throw new CannotImport(`${options.file} cannot be read. Check the path and the permissions.`)
  })
  const say = options.json ? () => {} : print
  const { name, profile } = await chooseProfile(options, path)
  const batchId = await stage(options, path, profile, say, bar)
  bar.stage('Checking')
  const { state: stateBefore } = await db.importBatch.findUniqueOrThrow({ where: { id: batchId } })
  const state =
    stateBefore === 'committing'
      ? 'checked'
      : await checkBatch(batchId, ({ rowsDone, rowsTotal }) => bar.update(rowsDone, rowsTotal))
  bar.clear()
  const batch = await db.importBatch.findUniqueOrThrow({ where: { id: batchId } })
  const totals = controlTotalsSchema.parse(batch.totals)
  say(`${options.file}: ${rowWords(batch.rowsTotal)}, profile ${name}, source ${batch.source}`)
  for (const line of batchText(totals)) say(line)

  if (state === 'refused') return refuse(batchId, { options, totals, print, say })
  if (options.dryRun) {
    say('Every row can be booked. Nothing is booked yet: this was a dry run.')
    if (options.json) print(JSON.stringify({ state: 'checked', batchId, totals, errors: [] }))
    return 0
  }
  bar.stage('Booking')
  const committed = await commitBatch(batchId, {
    actor: { kind: 'command' },
    onProgress: ({ rowsDone, rowsTotal }) => bar.update(rowsDone, rowsTotal),
  })
  bar.clear()
  if (!committed.ok) {
    say('The books changed meanwhile.')
    return refuse(batchId, { options, totals, print, say })
  }
  say('Booked. The totals in the books are those of the file.')
  if (options.json)
    print(JSON.stringify({ state: 'committed', batchId, totals: committed.totals, errors: [] }))
  return 0
}

async function stage(
  options: ImportArguments,
  path: string,
  profile: Profile,
  say: (line: string) => void,
  bar: ProgressBar,
): Promise<string> {
  bar.stage('Reading')
  const staged = await stageFile({
    path,
    fileName: basename(path),
    profile,
    source: options.source,
    correct: options.correct,
    onProgress: ({ bytesRead, bytesTotal }) => bar.update(bytesRead, bytesTotal),
  })
  bar.clear()
  if (!staged.ok)
    throw new CannotImport(
      `${options.file}, line ${staged.problem.line}: ${staged.problem.message} [${staged.problem.code}]`,
    )
  if (staged.resumedAfterRows > 0)
    say(`Going on after ${rowWords(staged.resumedAfterRows)} of an earlier run.`)
  return staged.batchId
}

async function refuse(
  batchId: string,
  {
    options,
    totals,
    print,
    say,
  }: { options: ImportArguments; totals: unknown; print: Output['print']; say: Output['print'] },
): Promise<1> {
  const all: RowError[] = []
  let bad = 0
  for (let hasMore = true; hasMore; ) {
    const page = await listRowErrors(batchId, bad, ERRORS_A_READ)
    bad += page.rows
    for (const error of page.errors) {
      if (options.json) all.push(error)
      else print(errorText(error))
    }
    hasMore = page.hasMore
  }
  say(`Nothing was booked, because ${rowWords(bad)} cannot be. Correct the file and import it again.`)
  if (options.json) print(JSON.stringify({ state: 'refused', batchId, totals, errors: all }))
  return 1
}

async function chooseProfile(
  options: ImportArguments,
  path: string,
): Promise<{ name: string; profile: Profile }> {
  if (options.mapping !== undefined)
    return { name: options.mapping, profile: await readMapping(options.mapping) }
  if (options.profile !== undefined) {
    const profile = await findProfile(options.profile)
    if (profile !== null) return { name: options.profile, profile }
    const names = (await listProfiles()).map(({ name }) => name)
    throw new CannotImport(`There is no profile ${options.profile}. There are: ${names.join(', ')}.`)
  }
  const header = await readColumns(path, { delimiter: 'auto', encoding: 'latin1' })
  if (!header.ok)
    throw new CannotImport(`${options.file}: ${header.problem.message} [${header.problem.code}]`)
  const fitting = await profilesThatFit(header.columns)
  const only = fitting[0]
  if (only !== undefined && fitting.length === 1) return only
  const names = (fitting.length > 0 ? fitting : await listProfiles()).map(({ name }) => name)
  throw new CannotImport(
    `${fitting.length === 0 ? 'No profile has the columns of this file' : 'Several profiles fit this file'}. Name one with --profile (${names.join(', ')}), or give a mapping with --mapping.`,
  )
}

async function readMapping(file: string): Promise<Profile> {
  const text = await readFile(resolve(file), 'utf8').catch(() => {
    throw new CannotImport(`${file} cannot be read. Check the path and the permissions.`)
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new CannotImport(`${file} is not JSON: ${error instanceof Error ? error.message : error}`)
  }
  const parsed = parseProfile(json)
  if (!parsed.ok) throw new CannotImport(`${file} is not a mapping:\n  ${parsed.problems.join('\n  ')}`)
  return parsed.profile
}
