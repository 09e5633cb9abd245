/** The deployer's key, kept as an encrypted keystore file (Web3 Secret Storage), which only its owner may read. */
import { readFileSync, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { isError, isKeystoreJson, Wallet } from 'ethers'

/** Bits of a file's mode that let others than its owner do anything. */
const OTHERS = 0o077

/** Decrypts a keystore file. Throws when others may read it, when it is no keystore, or when the password is wrong. */
export async function openKeystore(file: string, password: () => Promise<string>): Promise<Wallet> {
  const { mode } = statSync(file)
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
    throw new Error(`${file} may be read by others: chmod 600 it`)
  const json = readFileSync(file, 'utf8')
  if (!isKeystoreJson(json)) throw new Error(`${file} is not an encrypted keystore (Web3 Secret Storage)`)
  const opened = await Wallet.fromEncryptedJson(json, await password()).catch((error: unknown) => {
    throw isError(error, 'INVALID_ARGUMENT') ? new Error(`The password of ${file} is wrong`) : error
  })
  return new Wallet(opened.privateKey)
}

/** Asks for a password on the terminal, without showing it. Throws where there is no terminal. */
export async function askPassword(question: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new Error('There is no terminal to ask for the password: set DEPLOY_KEYSTORE_PASSWORD')
  process.stderr.write(question)
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: hidden, terminal: true })
  try {
    return await new Promise((resolve, reject) => {
      reader.once('line', resolve)
      reader.once('close', () => reject(new Error('No password was given')))
    })
  } finally {
    reader.close()
    process.stderr.write('\n')
  }
}
