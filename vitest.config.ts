import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/evals/**', 'test/bench/**'],
    globalSetup: ['test/support/template.ts'],
    pool: 'forks',
    // Nothing is mocked, so that files may share a process: loading everything anew for each took a sixth of the time.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
