import { expect, test } from 'vitest';
import { getGroup } from '../../../core/groups/get-group.ts';
import { aChange, aGroup } from '../../contract/groups/group-counters-suite.ts';
import { memoryGroupCounters } from '../../support/memory/groups/memory-group-counters.ts';

test('getGroup returns the counts, and not-found for a group without jobs or of another tenant', async () => {
  const groups = memoryGroupCounters();
  await expect(getGroup({ groups }, aGroup)).rejects.toMatchObject({ slug: 'not-found' });
  await groups.count(aGroup, [aChange(1, undefined, 'pending')]);
  expect(await getGroup({ groups }, aGroup)).toMatchObject({ group: 'nightly', counts: { pending: 1 } });
  await expect(getGroup({ groups }, { ...aGroup, tenant: 'other' })).rejects.toMatchObject({
    slug: 'not-found',
    message: expect.stringContaining('"nightly"'),
  });
});
