import { defineConfig } from 'vitest/config';

/** Tests that use the whole service. Files of a worker share one local service, each with a tenant of its own. */
const services = ['test/e2e/**/*.test.ts'];
/**
 * `npm run test:slow`, apart from the usual `npm test`: tests that kill the service, starve it or leave it alone for long, those that
 * walk through everything of a kind, those that need Python or Go, one that synthesizes the app again, one with large objects, and
 * those that install packages from a registry.
 */
const slow = [
  'test/e2e/failure/**/*.test.ts',
  'test/e2e/access/tenancy-walk.test.ts',
  'test/e2e/http/longest-texts.test.ts',
  'test/e2e/jobs/state-table.test.ts',
  'test/e2e/waiting/equal-events.test.ts',
  'test/e2e/waiting/left-streams.test.ts',
  'test/e2e/waiting/long-poll-limit.test.ts',
  'test/e2e/worker/without-function-url.test.ts',
  'test/core/jobs/large-values.test.ts',
  'test/core/paging/largest-responses.test.ts',
  'test/aws/dynamodb/jobs/largest-job.test.ts',
  'test/bin/synthesize.test.ts',
  'test/cli/terminal/*.test.ts',
  'test/build/node/installed-packages.test.ts',
  'test/build/python/installed-requirements.test.ts',
  'test/worker/data/memory.test.ts',
  'test/sim/interleavings.property.test.ts',
  'test/runtime-clients/runtime-clients.test.ts',
  'local/test/s3/{crash,large-objects}.test.ts',
];

/** `npm run verify:browser`: needs Chromium. */
const browser = ['test/browser/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/synthesize-once.ts', 'test/support/shared-directory.ts'],
    // Most of the long tests wait for services of their own: as many workers as cores would leave some idle.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // What is waited for is a condition; how long it takes is the machine's business.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      { extends: true, test: { name: 'services', include: services, exclude: slow, isolate: false } },
      { extends: true, test: { name: 'slow', include: slow } },
      { extends: true, test: { name: 'browser', include: browser } },
      // They share nothing that a file could change, and loading the same modules anew for each costs a minute.
      {
        extends: true,
        test: {
          name: 'units',
          include: ['{test,local/test}/**/*.test.ts'],
          exclude: [...services, ...slow, ...browser],
          isolate: false,
        },
      },
    ],
  },
});
