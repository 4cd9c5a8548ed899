import { defineConfig } from 'vitest/config';

/** Tests that start the whole service: each file has a process of its own, which ends with all that the file left in it. */
const services = ['test/e2e/**/*.test.ts'];
/** Those of them that kill it, starve it or leave it alone for long: `npm run test:slow`, apart from the usual `npm test`. */
const failures = ['test/e2e/failure/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/synthesize-once.ts'],
    // Most of the long tests wait for services of their own: as many workers as cores would leave some idle.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // What is waited for is a condition; how long it takes is the machine's business.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      { extends: true, test: { name: 'services', include: services, exclude: failures } },
      { extends: true, test: { name: 'failure', include: failures } },
      // They share nothing that a file could change, and loading the same modules anew for each costs a minute.
      {
        extends: true,
        test: {
          name: 'units',
          include: ['{test,local/test}/**/*.test.ts'],
          exclude: services,
          isolate: false,
        },
      },
    ],
  },
});
