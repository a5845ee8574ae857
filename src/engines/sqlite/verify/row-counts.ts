// How many rows each collection has, before a build's merges and after them, see sql/build/row-counts.ts.
import { storageOf } from '../../../../schema/derive/storage.ts';
import { renderRowCount, type CountedState } from '../../../sql/build/row-counts.ts';
import type { BuildContext } from '../build/build-context.ts';
import { readNumber } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

/** By collection. Not in it are collections that have no day to count, or whose numbers say nothing. */
export type RowCounts = ReadonlyMap<string, number>;

export function countRows({ database, model, parameters }: BuildContext, state: CountedState): RowCounts {
  const counted = [...model.entities.values()].flatMap((entity): [string, number][] => {
    const query = renderRowCount(SQLITE_BUILD_DIALECT, storageOf(entity), parameters, state);
    const rows = query && readNumber(database, query);
    return rows === null ? [] : [[entity.name, rows]];
  });
  return new Map(counted);
}
