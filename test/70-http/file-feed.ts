// A feed over its own warehouse for the tests of one file: started before the first test, closed after the last.
import { afterAll, beforeAll } from '@jest/globals';
import { makeTestWarehouse, startTestFeed, type TestFeed } from './test-feed.ts';

export interface FileFeed extends TestFeed {
  /** The folder of the warehouse. */
  readonly data: string;
}

/** To be called at the top level of a test file. */
export function fileFeed(): FileFeed {
  let running: FileFeed | null = null;
  let removeData = (): void => undefined;
  const feed = (): FileFeed => {
    if (running === null) throw new Error('The feed is up from the first test on.');
    return running;
  };
  beforeAll(async () => {
    const { data, remove } = await makeTestWarehouse();
    removeData = remove;
    running = { ...(await startTestFeed({ data })), data };
  }, 60_000);
  afterAll(async () => {
    await running?.stop();
    removeData();
  });
  return {
    get base() {
      return feed().base;
    },
    get data() {
      return feed().data;
    },
    get observations() {
      return feed().observations;
    },
    get: (...request) => feed().get(...request),
    raw: (...request) => feed().raw(...request),
    count: (collection) => feed().count(collection),
    keyOf: (...row) => feed().keyOf(...row),
    stop: () => feed().stop(),
  };
}
