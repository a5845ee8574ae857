// The `@odata.context` of an answer: the address of the metadata and the part of it that the answer contains (OData 4.0 part 1, section 10).

/** `…/$metadata`, the context of the service document. `serviceRoot` is absolute and has no slash at its end. */
export function serviceContext(serviceRoot: string): string {
  return `${serviceRoot}/$metadata`;
}

/** `…/$metadata#devices`, or `#devices(deviceKey,deviceName)` with $select. */
export function collectionContext(
  serviceRoot: string,
  collection: string,
  selected: readonly string[] | null,
): string {
  const suffix = selected ? `(${printSelectPaths(selected.map((name) => name.split('/')))})` : '';
  return `${serviceContext(serviceRoot)}#${collection}${suffix}`;
}

// `dateKey`, `deviceType/a` and `deviceType/b` are `dateKey,deviceType(a,b)`.
function printSelectPaths(paths: readonly (readonly string[])[]): string {
  const written = [...new Set(paths.map(([name = '']) => name))].map((name) => {
    const inside = paths.filter((path) => path[0] === name && path.length > 1).map((path) => path.slice(1));
    return inside.length === 0 ? name : `${name}(${printSelectPaths(inside)})`;
  });
  return written.join(',');
}

/** `…/$metadata#devices/$delta`: changes of the collection. */
export function deltaContext(
  serviceRoot: string,
  collection: string,
  selected: readonly string[] | null,
): string {
  return `${collectionContext(serviceRoot, collection, selected)}/$delta`;
}

/** What is selected of rows, and of their expansions. */
export interface SelectedRows {
  readonly selected: readonly string[] | null;
  readonly expands: readonly { readonly name: string; readonly rows: SelectedRows }[];
}

/**
 * The select list of a context URL in OData 4.0: `deviceName,deviceType(deviceTypeName)`; null where nothing is selected. An
 * expanded navigation is listed only where something is selected inside it.
 */
export function selectList({ selected, expands }: SelectedRows): readonly string[] | null {
  const nested = expands.flatMap(({ name, rows }) => {
    const inner = selectList(rows);
    return inner ? [`${name}(${inner.join(',')})`] : [];
  });
  return selected || nested.length > 0 ? [...(selected ?? []), ...nested] : null;
}

/** `…/$metadata#devices/$entity`: one row of the collection. */
export function entityContext(
  serviceRoot: string,
  collection: string,
  selected: readonly string[] | null,
): string {
  return `${collectionContext(serviceRoot, collection, selected)}/$entity`;
}

/** `…/$metadata#Collection($ref)`: rows as references. */
export function referencesContext(serviceRoot: string): string {
  return `${serviceContext(serviceRoot)}#Collection($ref)`;
}

/** `…/$metadata#$ref`: one row as a reference. */
export function referenceContext(serviceRoot: string): string {
  return `${serviceContext(serviceRoot)}#$ref`;
}

/** `…/$metadata#devices(7)/deviceName`: one property of a row, whose key is written as in its address. */
export function propertyContext(
  serviceRoot: string,
  collection: string,
  key: string,
  property: string,
): string {
  return `${serviceContext(serviceRoot)}#${collection}(${key})/${property}`;
}
