// `$entity?$id=devices(7)`: a row requested by its id instead of by its address.
import { FeedError } from '../../base/feed-error.ts';
import { excerpt } from '../../odata/excerpt.ts';
import { optionName } from '../../odata/parse/parse-options.ts';
import { type SplitOption, splitQuery } from '../../odata/parse/split-query.ts';
import { findMount, type Mount } from './service-roots.ts';
import { resolveUrl } from './resolve-url.ts';

interface Target {
  readonly mount: Mount;
  readonly rawQuery: string;
  readonly base: string;
}

/**
 * A request for $entity becomes one for the row's own address; any other stays as it is.
 * Throws `request.malformed-url` where $id is missing or is not the id of a row.
 */
export function followEntityId(target: Target): Target {
  const { mount, rawQuery, base } = target;
  if (!/^\/(?:\$|%24)entity\/?$/.test(mount.resource)) return target;
  const options = splitQuery(rawQuery);
  const isId = ({ name }: SplitOption): boolean => optionName(name) === '$id';
  const id = options.find(isId)?.value ?? '';
  const found = findMount(resolveUrl(id, { base, root: mount.root.path }));
  if (!found || !/(?:\)|%29)$/.test(id)) {
    throw new FeedError('request.malformed-url', `${excerpt(id)} is not the id of a row.`, {
      target: '$id',
      hint: `Write for example ${base}${mount.root.path}/$entity?$id=devices(7).`,
    });
  }
  const rest = options.filter((option) => !isId(option)).map(({ encoded }) => encoded);
  return { mount: found, rawQuery: rest.join('&'), base };
}
