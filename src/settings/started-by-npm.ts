// Whether `npm start` or `npm run` started this process.
import type { Environment } from './environment.ts';

export function startedByNpm(environment: Environment = process.env): boolean {
  return environment['npm_lifecycle_event'] !== undefined;
}
