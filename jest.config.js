// Tests run as the server does: TypeScript whose types Node itself strips, as ES modules, on the real Node.
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': './test/setup/strip-types.js' },
  modulePathIgnorePatterns: ['<rootDir>/data/'],
  testTimeout: 60_000,
  // Two cores: a third worker only waits.
  maxWorkers: 2,
};
