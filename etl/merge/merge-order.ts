// The order in which collections are merged: an instance must have its key before rows can refer to it.
import type { Model } from '../../schema/model.ts';
import type { Entity } from '../../schema/entity.ts';

/** Every collection of the model, each after those it refers to. Throws TypeError when the references form a circle. */
export function mergeOrder({ entities }: Model): readonly Entity[] {
  const order = new Set<Entity>();
  const visit = (entity: Entity, path: readonly string[]): void => {
    if (order.has(entity)) return;
    if (path.includes(entity.name)) {
      throw new TypeError(
        `Collections refer to each other in a circle: ${[...path, entity.name].join(' → ')}.`,
      );
    }
    for (const { refers } of Object.values(entity.properties)) {
      const target = refers === undefined || refers === entity.name ? undefined : entities.get(refers);
      if (target) visit(target, [...path, entity.name]);
    }
    order.add(entity);
  };
  for (const entity of entities.values()) visit(entity, []);
  return [...order];
}
