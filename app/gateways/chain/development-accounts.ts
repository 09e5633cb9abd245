import { HDNodeWallet, Mnemonic } from 'ethers'

/** The mnemonic of hardhat and anvil, which everyone knows. */
const DEVELOPMENT_MNEMONIC = 'test test test test test test test test test test test junk'
const DEVELOPMENT_ACCOUNTS = 20

/** Whether everyone has the key of an account. */
export function isDevelopmentAccount(address: string): boolean {
  const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(DEVELOPMENT_MNEMONIC), "m/44'/60'/0'/0")
  return Array.from({ length: DEVELOPMENT_ACCOUNTS }, (_, index) => root.deriveChild(index)).some(
    (account) => account.address.toLowerCase() === address.toLowerCase(),
  )
}
