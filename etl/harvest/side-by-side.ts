// Does several things at once, and never leaves one behind running when another has failed.

/** Graph takes about 50 requests a second for policies; four at a time stay well below. */
const REQUESTS_AT_ONCE = 4;

/** As Promise.all, but settles only when all have: what is still running must not meet a stage that is gone. */
export async function together<const Values extends readonly unknown[]>(
  ...tasks: { readonly [Index in keyof Values]: Promise<Values[Index]> }
): Promise<Values> {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
}

/** Does the same with every item, a few at a time. When one throws, no further one is begun. */
export async function sideBySide<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  let stopped = false;
  const worker = async (): Promise<void> => {
    for (const item of waiting) {
      if (stopped) return;
      await work(item).catch((error: unknown) => {
        stopped = true;
        throw error;
      });
    }
  };
  await together(...Array.from({ length: REQUESTS_AT_ONCE }, worker));
}
