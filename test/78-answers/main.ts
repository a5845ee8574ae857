// `npm run answers`: writes down what the feed answers now to the requests of the corpus.
import { writeFileSync } from 'node:fs';
import { ANSWERS_PATH, askCorpus, readRequests } from './ask-corpus.ts';

const lines = await askCorpus(readRequests());
writeFileSync(ANSWERS_PATH, `${lines.join('\n')}\n`);
process.stdout.write(`${lines.length} answers written.\n`);
