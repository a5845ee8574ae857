// Which edition of Windows a device runs, as far as encryption depends on it.

export type WindowsEdition = 'business' | 'enterprise' | 'education' | 'pro' | 'other';

// Numbers of PRODUCT_* in the Windows SDK. N editions and evaluations count as their base edition.
const EDITION_OF_SKU: ReadonlyMap<number, WindowsEdition> = new Map([
  ...[4, 27, 70, 72, 84, 125, 126, 129, 130, 171, 172, 175, 188, 191].map(
    (sku) => [sku, 'enterprise'] as const,
  ),
  ...[121, 122].map((sku) => [sku, 'education'] as const),
  ...[48, 49, 69, 103, 161, 162, 164, 165].map((sku) => [sku, 'pro'] as const),
]);

const EDITION_OF_SKU_FAMILY: readonly (readonly [RegExp, WindowsEdition])[] = [
  [/enterprise/i, 'enterprise'],
  [/pro(fessional)?\s*education/i, 'pro'],
  [/education/i, 'education'],
  [/business/i, 'business'],
  [/\bpro(fessional)?/i, 'pro'],
];

/** `skuFamily` is a word such as `Enterprise`, `skuNumber` the SDK's number, 0 for none. Null when neither is known. */
export function windowsEditionOf(skuFamily: string | null, skuNumber: number): WindowsEdition | null {
  const bySku = EDITION_OF_SKU.get(skuNumber);
  if (bySku) return bySku;
  if (skuFamily !== null) return EDITION_OF_SKU_FAMILY.find(([word]) => word.test(skuFamily))?.[1] ?? 'other';
  return skuNumber > 0 ? 'other' : null;
}
