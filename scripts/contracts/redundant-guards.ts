/** Guards that no test can hold, because without them another line does the same; and which line that is. */
export const REDUNDANT: Readonly<Record<string, string>> = {
  'InvoiceEscrow.markDeliveredAttested: attestor != address(0)':
    'no signature is that of the zero address, which has no code either',
  'InvoiceEscrow._free: if (escrow.status != Status.Disputed) return escrow.remaining':
    'it saves a read: the slot of a dispute is zero unless a part is disputed',
  'InvoiceEscrow._releaseIfReady: if (escrow.remaining == 0) return payouts':
    'it saves work: where nothing remains nothing is free, which is asked below',
}
