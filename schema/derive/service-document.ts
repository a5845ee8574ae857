// The service document: the list of collections that a client sees first.
import type { ExposedModel } from './exposed-model.ts';

export interface ServiceDocument {
  readonly '@odata.context': string;
  readonly value: readonly { readonly name: string; readonly kind: 'EntitySet'; readonly url: string }[];
}

/**
 * `contextUrl` is absolute and ends in `$metadata`. It comes first, because clients derive all other addresses from it.
 */
export function deriveServiceDocument(model: ExposedModel, contextUrl: string): ServiceDocument {
  return {
    '@odata.context': contextUrl,
    value: [...model.entitySets.keys()].map((name) => ({ name, kind: 'EntitySet', url: name })),
  };
}
