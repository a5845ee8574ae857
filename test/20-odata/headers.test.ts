// Forms and versions: Accept, $format, OData-MaxVersion, Prefer.
import { describe, expect, test } from '@jest/globals';
import {
  checkProtocolVersion,
  negotiateFormat,
  negotiateMetadataFormat,
  printContentType,
} from '../../src/odata/headers/negotiate-format.ts';
import { parsePrefer, printPreferenceApplied } from '../../src/odata/headers/parse-prefer.ts';
import { refusalOf } from './refusal-of.ts';

const POWER_QUERY =
  'application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,' +
  'application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

const MINIMAL = 'odata.metadata=minimal';
const NOTHING = 'request.not-acceptable';

describe('the form of rows', () => {
  test.each<[string | undefined, string | null, string]>([
    [undefined, null, MINIMAL],
    ['', null, MINIMAL],
    ['*/*', null, MINIMAL],
    ['application/*', null, MINIMAL],
    [POWER_QUERY, null, MINIMAL],
    [BROWSER, null, MINIMAL],
    ['application/json', null, MINIMAL],
    ['Application/JSON; OData.Metadata=Full', null, 'odata.metadata=full'],
    ['application/json;odata.metadata=none', null, 'odata.metadata=none'],
    ['application/json;metadata=none', null, 'odata.metadata=none'],
    ['application/json;odata=nometadata', null, 'odata.metadata=none'],
    ['application/json; charset=utf-8', null, MINIMAL],
    ['application/json;odata.streaming=true', null, `${MINIMAL};odata.streaming=true`],
    ['application/json;IEEE754Compatible=true', null, `${MINIMAL};IEEE754Compatible=true`],
    ['application/json;ieee754compatible="true"', null, `${MINIMAL};IEEE754Compatible=true`],
    ['application/json;odata.metadata=full;q=0.5, application/json;q=0.9', null, MINIMAL],
    ['application/json;q=0.5, application/json;odata.metadata=full', null, 'odata.metadata=full'],
    [
      'application/json;odata.metadata=none, application/json;odata.metadata=full',
      null,
      'odata.metadata=none',
    ],
    ['application/xml, application/json;q=0.1', null, MINIMAL],
    [
      '*/*, application/json;odata.metadata=minimal;q=0, application/json;odata.metadata=full;q=0.1',
      null,
      'odata.metadata=full',
    ],
    ['application/json;odata.metadata=most, */*;q=0.1', null, MINIMAL],
    ['text/plain;x="a,application/json", application/json;odata.metadata=none', null, 'odata.metadata=none'],
    ['application/xml', 'json', MINIMAL],
    [
      POWER_QUERY,
      'application/json;odata.metadata=full;IEEE754Compatible=true',
      'odata.metadata=full;IEEE754Compatible=true',
    ],
    [undefined, 'json;metadata=none', 'odata.metadata=none'],
    [undefined, 'JSON', MINIMAL],
    ['application/xml', null, NOTHING],
    ['text/html', null, NOTHING],
    ['application/json;q=0', null, NOTHING],
    ['application/json;q=0, */*', null, NOTHING],
    ['application/json;odata=verbose', null, NOTHING],
    ['application/json;odata.metadata=most', null, NOTHING],
    [undefined, 'xml', NOTHING],
    [undefined, 'atom', NOTHING],
    ['application/json', 'text/csv', NOTHING],
  ])('Accept: %s with $format %s', (accept, format, outcome) => {
    if (outcome === NOTHING) {
      expect(refusalOf(() => negotiateFormat(accept, format)).code).toBe(NOTHING);
    } else {
      expect(printContentType(negotiateFormat(accept, format))).toBe(
        `application/json;${outcome};charset=utf-8`,
      );
    }
  });
});

describe('the form of $metadata', () => {
  test.each<[string | undefined, string | null, string]>([
    [undefined, null, 'xml'],
    ['*/*', null, 'xml'],
    ['application/xml', null, 'xml'],
    [POWER_QUERY, null, 'xml'],
    [BROWSER, null, 'xml'],
    ['application/json', null, 'json'],
    ['application/json, application/xml;q=0', null, 'json'],
    ['application/json', 'xml', 'xml'],
    [POWER_QUERY, 'json', 'json'],
    [POWER_QUERY, 'application/json', 'json'],
    ['text/html', null, NOTHING],
    [undefined, 'atom', NOTHING],
  ])('Accept: %s with $format %s', (accept, format, outcome) => {
    if (outcome === NOTHING) {
      expect(refusalOf(() => negotiateMetadataFormat(accept, format)).code).toBe(NOTHING);
    } else {
      expect(negotiateMetadataFormat(accept, format)).toBe(outcome);
    }
  });
});

describe('the protocol version', () => {
  test.each([
    [undefined, undefined],
    ['4.0', undefined],
    ['4.01', '4.0'],
    ['5.0', '4.01'],
    ['4.0;NetFx', '4.0;NetFx'],
    [' 4.0 ', undefined],
  ])('OData-MaxVersion %s and OData-Version %s are understood', (maxVersion, version) => {
    expect(() => checkProtocolVersion(maxVersion, version)).not.toThrow();
  });

  test.each([
    ['3.0', undefined, 'OData-MaxVersion'],
    ['', undefined, 'OData-MaxVersion'],
    ['four', undefined, 'OData-MaxVersion'],
    ['4', undefined, 'OData-MaxVersion'],
    ['4.0, 4.0', undefined, 'OData-MaxVersion'],
    ['4.0', '3.0', 'OData-Version'],
    ['4.0', '5.0', 'OData-Version'],
  ])('OData-MaxVersion %p and OData-Version %p are refused', (maxVersion, version, target) => {
    expect(refusalOf(() => checkProtocolVersion(maxVersion, version))).toMatchObject({
      code: 'request.protocol-version',
      target,
    });
  });
});

describe('preferences', () => {
  const none = { maxPageSize: null, omitNulls: false, includeAnnotations: null, continueOnError: false };

  test.each([
    [undefined, {}],
    ['', {}],
    ['maxpagesize=50', { maxPageSize: 50 }],
    ['odata.maxpagesize=50', { maxPageSize: 50 }],
    ['OData.MaxPageSize = "50"; x=1', { maxPageSize: 50 }],
    ['maxpagesize=50, maxpagesize=60', { maxPageSize: 50 }],
    ['maxpagesize=0', {}],
    ['maxpagesize=-1', {}],
    ['maxpagesize=many', {}],
    ['maxpagesize', {}],
    ['omit-values=nulls', { omitNulls: true }],
    ['omit-values=defaults', {}],
    ['odata.include-annotations="*"', { includeAnnotations: '*' }],
    ['odata.include-annotations="-*,a.b.*"', { includeAnnotations: '-*,a.b.*' }],
    ['odata.continue-on-error', { continueOnError: true }],
    ['continue-on-error=true', { continueOnError: true }],
    ['continue-on-error=false', {}],
    ['return=minimal, respond-async;wait=10, =,;', {}],
    ['respond-async, odata.maxpagesize=7,omit-values=nulls', { maxPageSize: 7, omitNulls: true }],
  ])('Prefer: %s', (header, wishes) => {
    expect(parsePrefer(header)).toMatchObject({ ...none, ...wishes });
  });

  test('applied preferences are named as the client spelled them, and no others', () => {
    const preferences = parsePrefer('odata.maxpagesize=50, omit-values=nulls, odata.include-annotations="*"');
    expect(printPreferenceApplied(preferences, ['maxpagesize', 'include-annotations'])).toBe(
      'odata.maxpagesize=50, odata.include-annotations="*"',
    );
    expect(printPreferenceApplied(preferences, ['continue-on-error'])).toBeNull();
    expect(printPreferenceApplied(parsePrefer('maxpagesize=none'), ['maxpagesize'])).toBeNull();
  });
});
