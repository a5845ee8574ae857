// The Prefer header: wishes that may be met or not, and are never an error.
import { parseHeaderList } from './parse-header-list.ts';

/** Preferences that are read here, without the prefix `odata.`, which OData 4.01 leaves out. */
export type PreferenceName =
  'maxpagesize' | 'omit-values' | 'include-annotations' | 'continue-on-error' | 'track-changes';

export interface Preferences {
  /** Rows of a page, from 1; null when the client leaves it to the feed. */
  readonly maxPageSize: number | null;
  /** Leave null properties out of rows. */
  readonly omitNulls: boolean;
  /** Patterns of annotations that the client wants to see, `*` or `-*,org.example.*`. */
  readonly includeAnnotations: string | null;
  readonly continueOnError: boolean;
  /** The last page says how changes are asked for from then on. */
  readonly trackChanges: boolean;
  /** Those that make sense, in the client's own spelling. */
  readonly asked: ReadonlyMap<PreferenceName, string>;
}

/** Reads `odata.maxpagesize=500, omit-values=nulls`. Of two with one name the first counts. */
export function parsePrefer(header: string | undefined): Preferences {
  const wishes = new Map<string, { readonly name: string; readonly value: string | null }>();
  for (const { name, value } of parseHeaderList(header ?? '')) {
    const bare = name.replace(/^odata\./, '');
    if (!wishes.has(bare)) wishes.set(bare, { name, value });
  }
  const pageSize = wishes.get('maxpagesize')?.value ?? '';
  const maxPageSize = /^0*[1-9]\d{0,14}$/.test(pageSize) ? Number(pageSize) : null;
  const omitNulls = wishes.get('omit-values')?.value === 'nulls';
  const includeAnnotations = wishes.get('include-annotations')?.value ?? null;
  const continueOnError = (wishes.get('continue-on-error')?.value ?? 'true') === 'true';
  const sensible: Readonly<Record<PreferenceName, boolean>> = {
    maxpagesize: maxPageSize !== null,
    'omit-values': omitNulls,
    'include-annotations': includeAnnotations !== null,
    'continue-on-error': continueOnError,
    'track-changes': (wishes.get('track-changes')?.value ?? null) === null,
  };
  const asked = new Map<PreferenceName, string>();
  for (const [bare, { name, value }] of wishes) {
    if (isPreference(bare, sensible) && sensible[bare]) asked.set(bare, print(name, value));
  }
  return {
    maxPageSize,
    omitNulls,
    includeAnnotations,
    continueOnError: asked.has('continue-on-error'),
    trackChanges: asked.has('track-changes'),
    asked,
  };
}

/** The value of Preference-Applied for the wishes that an answer met; null when none of them was asked for. */
export function printPreferenceApplied(
  { asked }: Preferences,
  met: readonly PreferenceName[],
): string | null {
  const applied = met.map((name) => asked.get(name)).filter((wish) => wish !== undefined);
  return applied.length === 0 ? null : applied.join(', ');
}

function isPreference(name: string, known: object): name is PreferenceName {
  return Object.hasOwn(known, name);
}

function print(name: string, value: string | null): string {
  if (value === null) return name;
  return `${name}=${/^[\w.-]+$/.test(value) ? value : JSON.stringify(value)}`;
}
