#!/usr/bin/env node
/**
 * Completes lock files after `npm install`: a registry that lacks a package for some other platform makes npm
 * leave it out, and `npm ci` then refuses the lock. Adds an entry for every missing optional package, with the
 * platform read from its name, so that no other platform tries to fetch it. Prints what it added.
 *
 *   node scripts/complete-lock.mjs [package-lock.json …]
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const SYSTEMS = [
  'linux',
  'darwin',
  'win32',
  'android',
  'freebsd',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'openharmony',
]
const PROCESSORS = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el']
const ALIASES = { amd64: 'x64', windows: 'win32', win: 'win32', macos: 'darwin', armhf: 'arm' }

/** Where npm looks for `name` when the package at `from` asks for it, nearest first. */
function placesOf(from, name) {
  const steps = from === '' ? [''] : from.split('/node_modules/')
  const folders = steps.map((_, index) => steps.slice(0, steps.length - index).join('/node_modules/'))
  return [...folders.filter(Boolean).map((at) => `${at}/node_modules/${name}`), `node_modules/${name}`]
}

/** `{os, cpu, libc}` as the name of a platform package tells it; an unknown system is one that no machine has. */
function platformOf(name) {
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => ALIASES[word] ?? word)
  const os = words.find((word) => SYSTEMS.includes(word))
  const cpu = words.find((word) => PROCESSORS.includes(word))
  const libc = words.includes('musl') ? 'musl' : words.includes('gnu') ? 'glibc' : undefined
  return {
    os: [os ?? 'none'],
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
  }
}

function completeLock(path) {
  const lock = JSON.parse(readFileSync(path, 'utf8'))
  const added = []
  for (const [from, entry] of Object.entries(lock.packages)) {
    for (const [name, wanted] of Object.entries(entry.optionalDependencies ?? {})) {
      if (placesOf(from, name).some((place) => lock.packages[place] !== undefined)) continue
      const version = wanted.replace(/^[\^~=v]+/, '')
      lock.packages[`node_modules/${name}`] = { version, ...platformOf(name), optional: true }
      added.push(`${name}@${version}`)
    }
  }
  if (added.length === 0) return added
  const [first, ...rest] = Object.keys(lock.packages)
  lock.packages = Object.fromEntries([first, ...rest.sort()].map((key) => [key, lock.packages[key]]))
  writeFileSync(`${path}.new`, `${JSON.stringify(lock, null, 2)}\n`)
  renameSync(`${path}.new`, path)
  return added
}

const root = fileURLToPath(new URL('..', import.meta.url))
const given = process.argv.slice(2)
for (const path of given.length > 0
  ? given
  : [`${root}package-lock.json`, `${root}scripts/node/package-lock.json`]) {
  const added = completeLock(path)
  console.log(`${path}: ${added.length === 0 ? 'complete' : `added ${added.join(', ')}`}`)
}
