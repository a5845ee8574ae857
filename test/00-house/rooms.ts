// The table of rooms: what each folder may import.

/** Folder → folders it may import from, beside itself. The longest matching folder decides. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  'src/base': [],
  'src/odata': ['src/base'],
  'src/plan': ['schema', 'src/base', 'src/odata'],
  'src/sql': ['schema', 'src/base', 'src/plan', 'src/format'],
  'src/format': ['schema', 'src/base'],
  'src/engines': ['schema', 'src/base', 'src/sql', 'src/format'],
  'src/network': [],
  'src/auth': ['src/base', 'src/network'],
  'src/observe': ['src/base'],
  'src/settings': ['schema', 'src/base'],
  'src/http': [
    'schema',
    'src/base',
    'src/odata',
    'src/plan',
    'src/sql',
    'src/format',
    'src/engines',
    'src/auth',
    'src/observe',
    'src/settings',
  ],
  'src/cli': ['schema', 'src', 'etl', 'fixtures'],
  etl: ['schema', 'src/base', 'src/network', 'src/engines', 'src/sql'],
  fixtures: ['schema'],
};

/** Packages → the only files or folders that may import them. */
export const PACKAGES: Readonly<Record<string, string>> = {
  express: 'src/http',
  'better-sqlite3': 'src/engines/sqlite',
  '@azure/msal-node': 'etl/graph/sign-in/token-source.ts',
  undici: 'src/network',
  'node-cron': 'etl/schedule/schedule-runs.ts',
  'prom-client': 'src/observe/metrics.ts',
  commander: 'src/cli',
  '@humanwhocodes/momoa': 'src/settings/settings-file.ts',
};
