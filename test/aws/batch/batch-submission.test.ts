import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareIdentifier } from '../../../aws/batch/batch-submission.ts';

const tenant = fc.stringMatching(/^[a-z0-9-]{1,32}$/);

test('every tenant has a unique share identifier of letters and digits', () => {
  fc.assert(
    fc.property(tenant, tenant, (one, other) => {
      expect(shareIdentifier(one)).toMatch(/^[A-Za-z0-9]{1,255}$/);
      expect(shareIdentifier(one) === shareIdentifier(other)).toBe(one === other);
    }),
  );
  expect(shareIdentifier('a-b')).not.toBe(shareIdentifier('ab'));
});
