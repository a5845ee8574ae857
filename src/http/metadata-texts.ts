// $metadata in both forms for both versions, each written once.
import type { Catalogue } from '../../schema/derive/catalogue.ts';
import { deriveCsdlJson } from '../../schema/derive/csdl.ts';
import { deriveCsdlXml } from '../../schema/derive/csdl-xml.ts';
import type { FeedVersion } from '../../schema/words.ts';
import type { MetadataFormat } from '../odata/negotiate.ts';

export type MetadataTexts = (version: FeedVersion, format: MetadataFormat) => Uint8Array;

export function metadataTexts(
  namespace: string,
  catalogues: Readonly<Record<FeedVersion, Catalogue>>,
): MetadataTexts {
  const write = (version: FeedVersion, format: MetadataFormat): string =>
    format === 'xml'
      ? deriveCsdlXml(namespace, catalogues[version])
      : JSON.stringify(deriveCsdlJson(namespace, catalogues[version]));
  const written = new Map<string, Uint8Array>();
  return (version, format) => {
    const name = `${version} ${format}`;
    const text = written.get(name) ?? Buffer.from(write(version, format));
    written.set(name, text);
    return text;
  };
}
