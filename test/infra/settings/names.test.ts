import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resourceOwner } from '../../../core/contract/resource-names.ts';
import { functionEntries } from '../../../infra/bundling/function-entries.ts';
import { functionName, jobQueueName, namesOf } from '../../../infra/settings/names.ts';

describe('the prefix of a stack', () => {
  test.each(['errand', 'errand-x', 'e', 'service', 'errand2', 'a-prefix-of-20-chars'])(
    'may be %s',
    (prefix) => {
      expect(namesOf(prefix)).toEqual({ prefix });
    },
  );

  test.each([
    ['errand-service', '-service'],
    ['errand-service-x', '-service'],
    ['errand-services', '-service'],
    ['errand-job', '-job'],
    ['my-jobs-x', '-job'],
    ['errand-queue', '-queue'],
  ])('may not be %s', (prefix, reserved) => {
    expect(() => namesOf(prefix)).toThrow(`The prefix ${prefix} must not contain ${reserved}`);
  });

  test.each(['', 'Errand', 'errand_x', 'errand-', '-errand', '1errand', 'a-prefix-of-21-chars-'])(
    'may not be %j, which cannot start a name',
    (prefix) => {
      expect(() => namesOf(prefix)).toThrow(/must be 1 to 20 lower-case letters/);
    },
  );

  test('gives no stack a function or a queue that a service of another stack may name', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,5}$/);
    const part = fc.oneof(fc.constantFrom('errand', 'service', 'job', 'queue', 'submit', 'x'), word);
    const prefix = fc
      .array(part, { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('-'))
      .filter(isAllowed);
    fc.assert(
      fc.property(prefix, prefix, (one, other) => {
        fc.pre(one !== other);
        const functions = Object.keys(functionEntries).map((name) => functionName(namesOf(one), name));
        for (const name of functions)
          expect(resourceOwner(other, 'functionName', name).kind).toBe('not-errand');
        expect(resourceOwner(other, 'jobQueue', jobQueueName(namesOf(one))).kind).toBe('not-errand');
      }),
      { numRuns: 2000 },
    );
  });
});

function isAllowed(prefix: string): boolean {
  try {
    namesOf(prefix);
    return true;
  } catch {
    return false;
  }
}
