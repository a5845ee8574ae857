// The templates by which the database writes rows as JSON: those of a page, of one row, or of changes.
import type { EntitySet } from '../../../schema/derive/exposed-model.ts';
import type { FeedVersion } from '../../../schema/entity.ts';
import { changedRowTemplate, removedRowTemplate } from '../../format/odata/delta-row-templates.ts';
import { entityTemplate, referenceTemplate, type RowType } from '../../format/odata/entity-template.ts';
import type { RowTemplate } from '../../format/odata/row-template.ts';
import { areEntities } from '../../plan/apply/apply-rows.ts';
import type { ReadPlan, RowsPlan } from '../../plan/read-plan.ts';
import type { ChangeTemplates } from '../../sql/read/render-changes.ts';
import { nestedLinks, type NestedLinks } from '../cursor/nested-links.ts';
import type { Feed } from '../feed.ts';
import type { PlannedRead, RequestedChanges } from './planned-read.ts';

export interface RowTemplates {
  readonly row: RowTemplate;
  /** Null for a read of rows. */
  readonly changes: ChangeTemplates | null;
}

export function rowTemplates(
  planned: PlannedRead,
  { model, exposedModels }: Pick<Feed, 'model' | 'exposedModels'>,
): RowTemplates {
  const { plan, changes, format, preferences } = planned;
  const { metadata: level, ieee754Compatible: int64AsText } = format;
  const options = { level, int64AsText, omitNulls: preferences.omitNulls, namespace: model.namespace };
  const rowType = rowTypeOf(plan, plan.version, exposedModels, nestedLinks(planned));
  const row =
    plan.form === 'ref'
      ? referenceTemplate(rowType, options)
      : entityTemplate(rowType, plan.columns, options);
  return { row, changes: changes && changeTemplates(row, rowType, changes, plan.columns) };
}

/** The type of a plan's rows, with that of the rows inside them and the links to the rest of these. */
export function rowTypeOf(
  { entity, from, expands }: RowsPlan,
  version: FeedVersion,
  exposedModels: Feed['exposedModels'],
  links: NestedLinks = () => null,
): RowType {
  return {
    columns: from.columns,
    entitySet: areEntities(from) ? entitySetOf(exposedModels, { version, entity }) : null,
    nested: expands.map((expansion) => {
      const { name, form, join, rows } = expansion;
      return {
        name,
        form,
        many: join.many,
        count: rows.count,
        rowType: rowTypeOf(rows, version, exposedModels, links),
        columnNames: rows.columns,
        nextLink: links(entity.name, expansion),
      };
    }),
  };
}

/** What the plan's version shows of its collection. */
function entitySetOf(
  exposedModels: Feed['exposedModels'],
  { version, entity }: Pick<ReadPlan, 'version' | 'entity'>,
): EntitySet {
  const entitySet = exposedModels[version].entitySets.get(entity.name);
  if (entitySet) return entitySet;
  throw new TypeError(`${version} does not expose ${entity.name}.`);
}

function changeTemplates(
  template: RowTemplate,
  { entitySet }: RowType,
  { protocolVersion }: RequestedChanges,
  names: readonly string[],
): ChangeTemplates {
  if (!entitySet) throw new TypeError('Only entities have changes.');
  return {
    row: changedRowTemplate(template, entitySet, protocolVersion, names),
    deleted: removedRowTemplate(entitySet, 'deleted', protocolVersion, template),
    changed: removedRowTemplate(entitySet, 'changed', protocolVersion, template),
  };
}
