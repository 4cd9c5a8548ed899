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
  /** Their titles, without those of the groups around them. */
  readonly tests: readonly string[];
}

/** Tests of these suites that cannot be tried on the deployed service, each with the reason. */
export const leftOut: readonly LeftOut[] = [
  {
    reason: 'the emulator replaces bytes of a path that are not UTF-8 by U+FFFD',
    tests: ['POST of the odd path 10 answers 404'],
  },
  {
    reason: 'needs faults, clocks or schedules that only the local runtime has',
    tests: ['ends past its time limit while it waits', 'every answer that is documented was seen'],
  },
  {
    reason: 'expects a second tenant without anything of its own, and all suites share this one',
    tests: [
      'sees no job and no service of the first in its lists',
      'finds no service of the first, nor its name among suggestions',
      'has services of its own under the same name, and jobs of its own',
    ],
  },
];
