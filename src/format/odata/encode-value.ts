// A single property as an answer. Null has no body: it is a 204.
import { jsonTypeName, type JsonType, type MetadataLevel } from './entity-template.ts';

export interface ValueOptions {
  /** Not written under metadata=none. */
  readonly context: string;
  readonly level: MetadataLevel;
  readonly type: JsonType;
}

/** `{"@odata.context":"…","value":7}`; `json` is the value as JSON. */
export function encodeValue({ context, level, type }: ValueOptions, json: Uint8Array): Uint8Array {
  const typeName = level === 'full' ? jsonTypeName(type) : null;
  const members = [
    ...(level === 'none' ? [] : [`"@odata.context":${JSON.stringify(context)}`]),
    ...(typeName === null ? [] : [`"@odata.type":"${typeName}"`]),
    '"value":',
  ];
  return Buffer.concat([Buffer.from(`{${members.join(',')}`), json, Buffer.from('}')]);
}
