// The Prefer header: preferences may be ignored, and are never an error.
import { parseHeaderList } from './parse-header-list.ts';

/** The preferences that the feed knows, without the prefix `odata.`, which OData 4.01 omits. */
export type PreferenceName =
  'maxpagesize' | 'omit-values' | 'include-annotations' | 'continue-on-error' | 'track-changes';

export interface Preferences {
  /** Rows of a page, from 1; null for the feed's default. */
  readonly maxPageSize: number | null;
  /** Leave null properties out of rows. */
  readonly omitNulls: boolean;
  /** Patterns of annotations that the client wants to see, `*` or `-*,org.example.*`. */
  readonly includeAnnotations: string | null;
  readonly continueOnError: boolean;
  /** The last page has a delta link. */
  readonly trackChanges: boolean;
  /** The valid ones, as the client spelled them. */
  readonly requested: ReadonlyMap<PreferenceName, string>;
}

/** Reads `odata.maxpagesize=500, omit-values=nulls`. Of two with the same name the first counts. */
export function parsePrefer(header: string | undefined): Preferences {
  const preferences = new Map<string, { readonly name: string; readonly value: string | null }>();
  for (const { name, value } of parseHeaderList(header ?? '')) {
    const bareName = name.replace(/^odata\./, '');
    if (!preferences.has(bareName)) preferences.set(bareName, { name, value });
  }
  const pageSize = preferences.get('maxpagesize')?.value ?? '';
  const maxPageSize = /^0*[1-9]\d{0,14}$/.test(pageSize) ? Number(pageSize) : null;
  const omitNulls = preferences.get('omit-values')?.value === 'nulls';
  const includeAnnotations = preferences.get('include-annotations')?.value ?? null;
  const continueOnError = (preferences.get('continue-on-error')?.value ?? 'true') === 'true';
  const isValid: Readonly<Record<PreferenceName, boolean>> = {
    maxpagesize: maxPageSize !== null,
    'omit-values': omitNulls,
    'include-annotations': includeAnnotations !== null,
    'continue-on-error': continueOnError,
    'track-changes': (preferences.get('track-changes')?.value ?? null) === null,
  };
  const requested = new Map<PreferenceName, string>();
  for (const [bareName, { name, value }] of preferences) {
    if (isPreference(bareName, isValid) && isValid[bareName])
      requested.set(bareName, printPreference(name, value));
  }
  return {
    maxPageSize,
    omitNulls,
    includeAnnotations,
    continueOnError: requested.has('continue-on-error'),
    trackChanges: requested.has('track-changes'),
    requested,
  };
}

/** The value of Preference-Applied for the preferences that were applied; null when none of them was requested. */
export function printPreferenceApplied(
  { requested }: Preferences,
  appliedNames: readonly PreferenceName[],
): string | null {
  const applied = appliedNames.map((name) => requested.get(name)).filter((text) => text !== undefined);
  return applied.length === 0 ? null : applied.join(', ');
}

function isPreference(name: string, known: object): name is PreferenceName {
  return Object.hasOwn(known, name);
}

function printPreference(name: string, value: string | null): string {
  if (value === null) return name;
  return `${name}=${/^[\w.-]+$/.test(value) ? value : JSON.stringify(value)}`;
}
