// `npm run docs`: writes the documents that are derived from the code.
import { writeFileSync } from 'node:fs';
import { DOCUMENTS } from './documents.ts';

for (const [path, derive] of Object.entries(DOCUMENTS)) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), derive());
  process.stdout.write(`${path}\n`);
}
