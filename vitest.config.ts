import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/synthesize-once.ts'],
    testTimeout: 20_000,
    hookTimeout: 120_000,
    // Most of the long tests wait for services of their own: one worker for two cores would leave both idle.
    maxWorkers: 2,
  },
});
