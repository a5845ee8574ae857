// The annotations in $metadata: descriptions, and the capabilities of each version and collection.
import type { ExposedModel, EntitySet } from './exposed-model.ts';
import { isSearchable } from './search-index.ts';

/** Paths to properties: plain texts in JSON, elements in XML. */
export interface PropertyPaths {
  readonly paths: readonly string[];
}

export type AnnotationValue =
  boolean | number | string | readonly string[] | PropertyPaths | AnnotationRecord;

/** Property of the term → its value. */
export interface AnnotationRecord {
  readonly record: Readonly<Record<string, Exclude<AnnotationValue, AnnotationRecord>>>;
}

/** Term, fully qualified → its value. */
export type Annotations = Readonly<Record<string, AnnotationValue>>;

const CORE = 'Org.OData.Core.V1';
const CAPABILITIES = 'Org.OData.Capabilities.V1';
const AGGREGATION = 'Org.OData.Aggregation.V1';
const PUBLISHED_AT = 'https://oasis-tcs.github.io/odata-vocabularies/vocabularies';

/** The vocabularies in use: namespace → the address at OASIS, without the file extension. */
export const VOCABULARIES: Readonly<Record<string, string>> = {
  [CORE]: `${PUBLISHED_AT}/${CORE}`,
  [CAPABILITIES]: `${PUBLISHED_AT}/${CAPABILITIES}`,
  [AGGREGATION]: `${PUBLISHED_AT}/${AGGREGATION}`,
};

/**
 * Functions that a beta `$filter` may call. Power Query folds exactly those that are listed, so a test compares
 * this list with what the plan offers.
 */
export const FILTER_FUNCTIONS = [
  'contains',
  'startswith',
  'endswith',
  'matchesPattern',
  'length',
  'indexof',
  'substring',
  'concat',
  'tolower',
  'toupper',
  'trim',
  'year',
  'month',
  'day',
  'hour',
  'minute',
  'second',
  'fractionalseconds',
  'totaloffsetminutes',
  'totalseconds',
  'date',
  'time',
  'round',
  'floor',
  'ceiling',
] as const;

/** What a beta `$apply` may be made of. Power Query groups on the server where the container says so. */
export const TRANSFORMATIONS = [
  'aggregate',
  'groupby',
  'filter',
  'compute',
  'identity',
  'search',
  'orderby',
  'top',
  'skip',
  'topcount',
  'topsum',
  'toppercent',
  'bottomcount',
  'bottomsum',
  'bottompercent',
  'concat',
  'expand',
] as const;

/** The only properties that a v1.0 `$filter` may name, where a collection has them. */
export const V1_FILTER_PROPERTIES: readonly string[] = ['dateKey', 'rowLastModifiedDateTimeUTC'];

// The depth that the limits of the feed allow; a test asks for it.
const EXPANDABLE: AnnotationRecord = { record: { Expandable: true, MaxLevels: 6 } };

export function descriptionAnnotation(description: string): Annotations {
  return { [`${CORE}.Description`]: description };
}

/** Functions may be called by their bare names: `asOf(…)` for `Fleetfeed.asOf(…)`. */
export function schemaAnnotations({ version }: ExposedModel): Annotations {
  return version === 'beta' ? { [`${CORE}.DefaultNamespace`]: true } : {};
}

export function containerAnnotations({ version }: ExposedModel): Annotations {
  return {
    // Without it Power Query loads the tables of a report one after the other.
    [`${CAPABILITIES}.AsynchronousRequestsSupported`]: true,
    ...(version === 'beta' && {
      [`${CAPABILITIES}.FilterFunctions`]: FILTER_FUNCTIONS,
      // Any property can be grouped and aggregated, and rollup has no limit: these are the defaults of the vocabulary.
      [`${AGGREGATION}.ApplySupported`]: { record: { Transformations: TRANSFORMATIONS } },
    }),
  };
}

/** Clients assume a capability that is not annotated, so everything that a version refuses is annotated. */
export function collectionAnnotations(model: ExposedModel, entitySet: EntitySet): Annotations {
  const isV1 = model.version === 'v1.0';
  return {
    ...descriptionAnnotation(entitySet.entity.description),
    [`${CAPABILITIES}.FilterRestrictions`]: isV1 ? v1FilterRestrictions(entitySet) : supported('Filterable'),
    [`${CAPABILITIES}.SortRestrictions`]: isV1 ? unsupported('Sortable') : supported('Sortable'),
    [`${CAPABILITIES}.ExpandRestrictions`]: isV1 ? unsupported('Expandable') : EXPANDABLE,
    [`${CAPABILITIES}.SearchRestrictions`]:
      isV1 || !isSearchable(entitySet, model) ? unsupported('Searchable') : supported('Searchable'),
    [`${CAPABILITIES}.ChangeTracking`]: isV1 ? unsupported('Supported') : changeTracking(entitySet),
    [`${CAPABILITIES}.CountRestrictions`]: supported('Countable'),
    [`${CAPABILITIES}.TopSupported`]: true,
    [`${CAPABILITIES}.SkipSupported`]: true,
    [`${CAPABILITIES}.InsertRestrictions`]: unsupported('Insertable'),
    [`${CAPABILITIES}.UpdateRestrictions`]: unsupported('Updatable'),
    [`${CAPABILITIES}.DeleteRestrictions`]: unsupported('Deletable'),
  };
}

/** Here clients assume nothing: properties that are not listed cannot be filtered, and nothing is expanded. */
function changeTracking({ properties }: EntitySet): AnnotationRecord {
  return { record: { Supported: true, FilterableProperties: { paths: [...properties.keys()] } } };
}

function v1FilterRestrictions({ properties }: EntitySet): AnnotationRecord {
  const names = [...properties.keys()];
  const closed = names.filter((name) => !V1_FILTER_PROPERTIES.includes(name));
  if (closed.length === names.length) return unsupported('Filterable');
  return { record: { Filterable: true, NonFilterableProperties: { paths: closed } } };
}

const supported = (property: string): AnnotationRecord => ({ record: { [property]: true } });
const unsupported = (property: string): AnnotationRecord => ({ record: { [property]: false } });
