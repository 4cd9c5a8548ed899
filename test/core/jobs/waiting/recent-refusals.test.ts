import { expect, test } from 'vitest';
import { recentRefusals } from '../../../../core/jobs/waiting/recent-refusals.ts';
import { virtualClock } from '../../../support/jobs/virtual-clock.ts';

test('four refusals within a second count as many until the second is over, for their tenant alone', async () => {
  const clock = virtualClock();
  const refusals = recentRefusals(clock);
  const areMany = () => ['acme', 'other'].map((tenant) => refusals.isThrottled(tenant));
  for (let count = 0; count < 3; count += 1) refusals.record('acme');
  expect(areMany()).toEqual([false, false]);
  await clock.sleep(900);
  refusals.record('acme');
  expect(areMany()).toEqual([true, false]);
  await clock.sleep(99);
  expect(areMany()).toEqual([true, false]);
  await clock.sleep(1);
  expect(areMany()).toEqual([false, false]);
  refusals.record('acme');
  expect(areMany()).toEqual([false, false]);
});

test('the tenant with the oldest refusal is evicted beyond 500 tenants', () => {
  const refusals = recentRefusals(virtualClock());
  const tenants = Array.from({ length: 501 }, (_, index) => `tenant-${index}`);
  for (const tenant of tenants) for (let count = 0; count < 4; count += 1) refusals.record(tenant);
  expect(tenants.filter((tenant) => !refusals.isThrottled(tenant))).toEqual(['tenant-0']);
});
