// $metadata as XML and as JSON for both versions, each made once.
import type { ExposedModel } from '../../../schema/derive/exposed-model.ts';
import { deriveCsdlJson } from '../../../schema/derive/csdl-json.ts';
import { deriveCsdlXml } from '../../../schema/derive/csdl-xml.ts';
import type { FeedVersion } from '../../../schema/entity.ts';
import type { MetadataFormat } from '../../odata/headers/negotiate-format.ts';

export type MetadataTexts = (version: FeedVersion, format: MetadataFormat) => Uint8Array;

export function metadataTexts(
  namespace: string,
  exposedModels: Readonly<Record<FeedVersion, ExposedModel>>,
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
