/** Suites of the API that run against the deployed service, each with a tenant of its own. */
export const suites = [
  'test/e2e/readme.test.ts',
  'test/e2e/http/http-forms.test.ts',
  'test/e2e/jobs/lists.test.ts',
  'test/e2e/jobs/relations.test.ts',
  'test/e2e/services/services.test.ts',
  'test/e2e/services/tenants.test.ts',
] as const;

export interface LeftOut {
  readonly reason: string;
  /** Titles of the tests, without the titles of their groups. */
  readonly tests: readonly string[];
}

/** Tests of these suites that cannot run on the deployed service, with the reasons. */
export const leftOut: readonly LeftOut[] = [
  {
    reason: 'the emulator replaces bytes of a path that are not UTF-8 with U+FFFD',
    tests: ['POST of the odd path 10 returns 404'],
  },
  {
    reason: 'needs faults, clocks or schedules that only the local runtime has',
    tests: ['ends after its time limit while it waits', 'every documented response occurs'],
  },
];
