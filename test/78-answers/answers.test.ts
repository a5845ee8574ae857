// What the feed answered before is what it answers now, byte for byte.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ANSWERS_PATH, askCorpus, readRequests } from './ask-corpus.ts';

test('a corpus of requests is answered as it was, byte for byte', async () => {
  const approved = readFileSync(ANSWERS_PATH, 'utf8').trimEnd().split('\n');
  expect(approved.length).toBeGreaterThanOrEqual(500);
  // Where an answer changes on purpose, `npm run answers` writes it down anew; read the difference before you commit it.
  expect(await askCorpus(readRequests())).toEqual(approved);
}, 180_000);
