import { expect, test } from 'vitest';
import { omit } from '../../../core/std/omit.ts';

test('omit copies an object without the given members', () => {
  const job: { readonly id: string; readonly claim?: string; readonly log?: string } = {
    id: 'a',
    claim: 'b',
  };
  expect(omit(job, ['claim', 'log'])).toEqual({ id: 'a' });
  expect(job).toEqual({ id: 'a', claim: 'b' });
});
