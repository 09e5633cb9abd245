/** What the invented supplier sells: unit prices in minor units, sales tax in basis points. */
export type Article = {
  description: string
  unit: string
  priceMinor: bigint
  taxRateBps: number
  packs: readonly number[]
}

const GOODS_RATE_BPS = 825
/** Food-contact packaging, taxed at the reduced rate of the invented county. */
const REDUCED_RATE_BPS = 400

const goods = (description: string, unit: string, priceMinor: bigint, ...packs: number[]): Article => ({
  description,
  unit,
  priceMinor,
  taxRateBps: GOODS_RATE_BPS,
  packs,
})
const food = (description: string, unit: string, priceMinor: bigint, ...packs: number[]): Article => ({
  ...goods(description, unit, priceMinor, ...packs),
  taxRateBps: REDUCED_RATE_BPS,
})

export const ARTICLES: readonly Article[] = [
  goods('Corrugated carton 12 × 9 × 6 in, single wall', 'bundle', 2_185n, 4, 8, 12, 20),
  goods('Corrugated carton 18 × 12 × 12 in, double wall', 'bundle', 3_940n, 2, 5, 10),
  goods('Mailer box, kraft, printed one colour', 'case', 6_450n, 2, 4, 6),
  goods('Padded envelope, recycled paper, A5', 'case', 3_275n, 3, 6, 9),
  goods('Paper tape, reinforced, 70 mm × 150 m', 'case', 5_820n, 1, 2, 4),
  goods('Tissue sheets, acid free, 50 × 75 cm', 'ream', 1_465n, 4, 10, 16),
  goods('Void fill paper, 38 cm fanfold', 'box', 2_890n, 3, 6, 12),
  goods('Shipping labels 4 × 6 in, thermal', 'roll', 1_120n, 10, 20, 40),
  goods('Stretch film, 50 cm, 23 micron', 'roll', 1_735n, 6, 12, 24),
  goods('Edge protectors, board, 120 cm', 'bundle', 2_410n, 2, 4),
  goods('Pallet, heat treated, 48 × 40 in', 'piece', 1_980n, 5, 10, 20),
  food('Coffee bag with valve, 12 oz, matt black', 'case', 11_240n, 1, 2, 4),
  food('Bakery box, windowed, 10 in', 'case', 4_385n, 2, 5, 8),
  food('Greaseproof sheets, 12 × 12 in', 'case', 3_690n, 2, 4),
  food('Glass jar with lid, 16 oz', 'tray', 2_275n, 6, 12, 24),
]

/** Added to some invoices; untaxed. */
export const FREIGHT: Article = {
  description: 'Freight and handling',
  unit: 'delivery',
  priceMinor: 8_500n,
  taxRateBps: 0,
  packs: [1],
}
