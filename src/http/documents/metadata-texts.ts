// $metadata in both forms for both versions, each written once.
import type { Catalogue } from '../../../schema/derive/catalogue.ts';
import { deriveCsdlJson } from '../../../schema/derive/csdl.ts';
import { deriveCsdlXml } from '../../../schema/derive/csdl-xml.ts';
import type { FeedVersion } from '../../../schema/words.ts';
import type { MetadataFormat } from '../../odata/headers/negotiate-format.ts';

export type MetadataTexts = (version: FeedVersion, format: MetadataFormat) => Uint8Array;

export function metadataTexts(
  namespace: string,
  exposedModels: Readonly<Record<FeedVersion, Catalogue>>,
): MetadataTexts {
  const write = (version: FeedVersion, format: MetadataFormat): string =>
    format === 'xml'
      ? deriveCsdlXml(namespace, exposedModels[version])
      : JSON.stringify(deriveCsdlJson(namespace, exposedModels[version]));
  const cached = new Map<string, Uint8Array>();
  return (version, format) => {
    const name = `${version} ${format}`;
    const text = cached.get(name) ?? Buffer.from(write(version, format));
    cached.set(name, text);
    return text;
  };
}
