// encode: one row, one property of it, or a count → its answer.
import { assertNever } from '../../base/assert-never.ts';
import { propertyContext } from '../../format/odata/context-url.ts';
import { encodeEntity } from '../../format/odata/encode-entity.ts';
import { encodeValue } from '../../format/odata/encode-value.ts';
import { printContentType } from '../../odata/headers/negotiate-format.ts';
import { printPreferenceApplied } from '../../odata/headers/parse-prefer.ts';
import { largestNestedPage } from '../../plan/limit-nested-pages.ts';
import type { Answer } from '../answer.ts';
import { rowsContext } from './rows-context.ts';
import type { PlannedRead } from './planned-read.ts';
import type { ReadValue } from './read-rows.ts';
import { rowAddress } from './row-address.ts';

const PLAIN_TEXT = { 'Content-Type': 'text/plain;charset=utf-8' };

export function encodeValueAnswer(planned: PlannedRead, { value }: ReadValue): Answer {
  if (value === null) return { status: 204, headers: {}, body: null };
  const bytes = value instanceof Uint8Array ? value : Buffer.from(String(value));
  return { status: 200, ...encodeBody(planned, bytes), rows: 1 };
}

function encodeBody(planned: PlannedRead, bytes: Uint8Array): Pick<Answer, 'headers' | 'body'> {
  const { plan, format, preferences } = planned;
  const json = { 'Content-Type': printContentType(format) };
  switch (plan.shape) {
    case 'entity': {
      const applied = printPreferenceApplied(preferences, [
        'omit-values',
        ...(largestNestedPage(plan) > 0 ? (['maxpagesize'] as const) : []),
      ]);
      return {
        headers: { ...json, ...(applied !== null && { 'Preference-Applied': applied }) },
        body: encodeEntity(rowsContext(planned), bytes),
      };
    }
    case 'property':
      return { headers: json, body: encodeProperty(planned, bytes) };
    case 'value':
    case 'count':
      return { headers: PLAIN_TEXT, body: bytes };
    case 'page':
      throw new TypeError('A page is more than one value.');
    default:
      return assertNever(plan.shape);
  }
}

function encodeProperty({ plan, format, root, resource }: PlannedRead, bytes: Uint8Array): Uint8Array {
  const [name = ''] = plan.columns;
  const type = plan.from.columns.get(name)?.type ?? 'Edm.String';
  const { collection, key, path } = rowAddress(resource, plan);
  const context = propertyContext(root, collection, key, path);
  return encodeValue({ context, level: format.metadata, type }, bytes);
}
