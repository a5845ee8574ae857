// Does several things at once, and never leaves one behind running when another has failed.

/** Graph takes about 50 requests a second for policies; four at a time stay well below. */
const DEFAULT_CONCURRENCY = 4;

/** As Promise.all, but settles only when all have: what is still running must not meet a stage that is gone. */
export async function settleAll<const Values extends readonly unknown[]>(
  ...tasks: { readonly [Index in keyof Values]: Promise<Values[Index]> }
): Promise<Values> {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
}

/** Does the same with every item, a few at a time. When one throws, no further one is begun. */
export async function mapConcurrent<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let isStopped = false;
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (isStopped) return;
      await work(item).catch((error: unknown) => {
        isStopped = true;
        throw error;
      });
    }
  };
  await settleAll(...Array.from({ length: DEFAULT_CONCURRENCY }, worker));
}
