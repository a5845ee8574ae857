// The format of an answer: $format, else the Accept header, matched with what the feed can write.
import { FeedError } from '../../base/feed-error.ts';
import { excerpt } from '../excerpt.ts';
import { parseHeaderList, type HeaderItem } from './parse-header-list.ts';

export type MetadataLevel = 'none' | 'minimal' | 'full';

/** The format of rows. */
export interface ResponseFormat {
  readonly format: 'json';
  readonly metadata: MetadataLevel;
  /** Int64 as text. */
  readonly ieee754Compatible: boolean;
  /** The client accepts control information only in the order in which a stream can write it. */
  readonly streaming: boolean;
}

export type MetadataFormat = 'xml' | 'json';

/** The version of every answer: Power Query accepts no other. */
export const PROTOCOL_VERSION = '4.0';

const DEFAULT_FORMAT: ResponseFormat = {
  format: 'json',
  metadata: 'minimal',
  ieee754Compatible: false,
  streaming: false,
};

// The names of OData 4, and those of OData 3, which Power Query still sends.
const METADATA_LEVELS: ReadonlyMap<string, MetadataLevel> = new Map([
  ['none', 'none'],
  ['minimal', 'minimal'],
  ['full', 'full'],
  ['nometadata', 'none'],
  ['minimalmetadata', 'minimal'],
  ['fullmetadata', 'full'],
]);
const LEVEL_PARAMETERS = ['odata.metadata', 'metadata', 'odata'] as const;
const STREAMING_PARAMETERS = ['odata.streaming', 'streaming'] as const;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  xml: 'application/xml',
  atom: 'application/atom+xml',
};

/**
 * The format of rows, entities and the service document. `$format` wins over the header; the default is minimal JSON.
 * Throws FeedError `request.not-acceptable`.
 */
export function negotiateFormat(accept: string | undefined, format: string | null): ResponseFormat {
  const ranges = parseMediaRanges(accept, format);
  const candidates = ranges.flatMap((range): readonly ResponseFormat[] => {
    const requested = coversMediaType(range, 'application/json') ? requestedFormat(range) : null;
    return requested ? [{ ...DEFAULT_FORMAT, ...requested }] : [];
  });
  // Each range asks for one format, whose quality is that of the most specific range that matches it.
  const qualities = candidates.map((candidate) => qualityOf(ranges, candidate));
  const best = Math.max(0, ...qualities);
  const chosen = best > 0 ? candidates[qualities.indexOf(best)] : undefined;
  if (!chosen) throw notAcceptable(accept, format, 'application/json');
  return chosen;
}

/**
 * The format of $metadata: XML wherever the client accepts it at all, because the JSON that an OData 4.0 client lists
 * before it is meant for rows; CSDL JSON came with 4.01. Throws FeedError `request.not-acceptable`.
 */
export function negotiateMetadataFormat(accept: string | undefined, format: string | null): MetadataFormat {
  const ranges = parseMediaRanges(accept, format);
  for (const candidate of ['xml', 'json'] as const) {
    const matching = mostSpecific(
      ranges.filter((range) => coversMediaType(range, `application/${candidate}`)),
    );
    if (matching && matching.quality > 0) return candidate;
  }
  throw notAcceptable(accept, format, 'application/xml or application/json');
}

/** `application/json;odata.metadata=minimal;…` as the Content-Type of an answer, in the syntax of OData 4.0. */
export function printContentType({ metadata, ieee754Compatible, streaming }: ResponseFormat): string {
  return [
    'application/json',
    `odata.metadata=${metadata}`,
    ...(streaming ? ['odata.streaming=true'] : []),
    ...(ieee754Compatible ? ['IEEE754Compatible=true'] : []),
    'charset=utf-8',
  ].join(';');
}

/**
 * Checks the headers OData-MaxVersion and OData-Version against the version of the feed.
 * Throws FeedError `request.protocol-version`.
 */
export function checkProtocolVersion(maxVersion: string | undefined, version: string | undefined): void {
  for (const [target, text] of [
    ['OData-MaxVersion', maxVersion],
    ['OData-Version', version],
  ] as const) {
    if (text === undefined) continue;
    // Older .NET clients append their name: `4.0;NetFx`.
    const major = /^\s*(\d{1,3})\.\d{1,3}\s*(?:;.*)?$/.exec(text)?.[1];
    const isSupported =
      major !== undefined && (target === 'OData-Version' ? major === '4' : Number(major) >= 4);
    if (isSupported) continue;
    throw new FeedError('request.protocol-version', `OData ${excerpt(text)} is not supported.`, {
      target,
      hint: `The feed supports ${PROTOCOL_VERSION}: leave the header out or send ${target}: 4.0.`,
    });
  }
}

interface MediaRange {
  readonly type: string;
  /** From 0 to 1. */
  readonly quality: number;
  readonly parameters: ReadonlyMap<string, string>;
}

function parseMediaRanges(accept: string | undefined, format: string | null): readonly MediaRange[] {
  if (format !== null) {
    const [name = '', ...parameters] = format.split(';');
    const type = MEDIA_TYPES[name.trim().toLowerCase()] ?? name;
    return parseHeaderList([type, ...parameters].join(';')).map((item) => ({
      ...parseMediaRange(item),
      quality: 1,
    }));
  }
  const ranges = parseHeaderList(accept ?? '').map(parseMediaRange);
  return ranges.length > 0 ? ranges : [{ type: '*/*', quality: 1, parameters: new Map() }];
}

function parseMediaRange({ name, parameters }: HeaderItem): MediaRange {
  const quality = Number(parameters.get('q') ?? 1);
  return { type: name, parameters, quality: quality >= 0 && quality <= 1 ? quality : 1 };
}

function coversMediaType({ type }: MediaRange, mediaType: string): boolean {
  return type === mediaType || type === '*/*' || type === 'application/*';
}

// What the range asks of the format; null for an unknown metadata level. Unrelated parameters are ignored.
function requestedFormat({ parameters }: MediaRange): Partial<ResponseFormat> | null {
  const level = firstParameter(parameters, LEVEL_PARAMETERS);
  const metadata = level === undefined ? undefined : METADATA_LEVELS.get(level.toLowerCase());
  if (level !== undefined && !metadata) return null;
  const streaming = firstParameter(parameters, STREAMING_PARAMETERS);
  const ieee754Compatible = parameters.get('ieee754compatible');
  return {
    ...(metadata && { metadata }),
    ...(streaming !== undefined && { streaming: streaming.toLowerCase() === 'true' }),
    ...(ieee754Compatible !== undefined && { ieee754Compatible: ieee754Compatible.toLowerCase() === 'true' }),
  };
}

function qualityOf(ranges: readonly MediaRange[], format: ResponseFormat): number {
  const matching = ranges.filter((range) => {
    const requested = coversMediaType(range, 'application/json') ? requestedFormat(range) : null;
    return (
      requested &&
      Object.entries(requested).every(([name, value]) => format[name as keyof ResponseFormat] === value)
    );
  });
  return mostSpecific(matching)?.quality ?? 0;
}

function mostSpecific(ranges: readonly MediaRange[]): MediaRange | undefined {
  const specificity = (range: MediaRange): number =>
    (range.type === '*/*' ? 0 : range.type.endsWith('/*') ? 100 : 200) +
    Object.keys(requestedFormat(range) ?? {}).length;
  return [...ranges].sort((a, b) => specificity(b) - specificity(a))[0];
}

function firstParameter(
  parameters: ReadonlyMap<string, string>,
  names: readonly string[],
): string | undefined {
  return names.map((name) => parameters.get(name)).find((value) => value !== undefined);
}

function notAcceptable(accept: string | undefined, format: string | null, offered: string): FeedError {
  const [target, text] = format === null ? ['Accept', accept ?? ''] : ['$format', format];
  return new FeedError(
    'request.not-acceptable',
    `${excerpt(text)} in ${target} names no format that the feed can write.`,
    {
      target,
      hint: `Ask for ${offered}.`,
    },
  );
}
