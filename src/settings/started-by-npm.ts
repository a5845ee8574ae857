// Whether `npm start` or `npm run` began this process, told by what npm leaves in the environment.
import type { Environment } from './environment.ts';

export function startedByNpm(environment: Environment = process.env): boolean {
  return environment['npm_lifecycle_event'] !== undefined;
}
