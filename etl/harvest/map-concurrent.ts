// Runs several tasks at once, and waits for all of them even when one fails.

/** Graph allows about 50 requests a second for policies; four at a time stay well below. */
const DEFAULT_CONCURRENCY = 4;

/** Like Promise.all, but settles only when all have, so that no task uses the staging after it was discarded. */
export async function settleAll<const Values extends readonly unknown[]>(
  ...tasks: { readonly [Index in keyof Values]: Promise<Values[Index]> }
): Promise<Values> {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
}

/** Calls `work` with every item, a few at a time. When one call throws, no further one is started. */
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
