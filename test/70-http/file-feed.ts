// A feed over a warehouse of its own, for the tests of one file: there before the first of them, gone after the last.
import { afterAll, beforeAll } from '@jest/globals';
import { makeTestWarehouse, startTestFeed, type TestFeed } from './feed.ts';

export interface FileFeed extends TestFeed {
  /** The folder of the warehouse. */
  readonly data: string;
}

/** To be called where the tests of the file are told, outside of any. */
export function fileFeed(): FileFeed {
  let up: FileFeed | null = null;
  let clear = (): void => undefined;
  const feed = (): FileFeed => {
    if (up === null) throw new Error('The feed is up from the first test on.');
    return up;
  };
  beforeAll(async () => {
    const { data, remove } = await makeTestWarehouse();
    clear = remove;
    up = { ...(await startTestFeed({ data })), data };
  }, 60_000);
  afterAll(async () => {
    await up?.stop();
    clear();
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
    get: (...asked) => feed().get(...asked),
    raw: (...asked) => feed().raw(...asked),
    count: (collection) => feed().count(collection),
    keyOf: (...row) => feed().keyOf(...row),
    stop: () => feed().stop(),
  };
}
