import { describe, expect, test } from 'vitest';
import { publishChanges } from '../../../core/events/publish-changes.ts';
import type { JobChange } from '../../../core/events/publish-events.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, someTime } from '../../support/jobs/jobs.ts';
import { logDeps } from './log/logged.ts';

const tenMinutes = 600_000;

/** A publisher that cannot record reruns and groups, at this time after the changes of a batch. */
async function publishAt(delayMs: number, repeats: 'failed' | 'from-first-failed') {
  const deps = logDeps();
  const published: string[] = [];
  const now = someTime + delayMs;
  const bus = {
    publish: async (events: readonly { readonly id: string }[]) => {
      published.push(...events.map(({ id }) => id));
      return [];
    },
  };
  const groups = {
    count: async () => {
      throw new Error('The group cannot be counted');
    },
  };
  const get = async () => {
    throw new Error('The job cannot be read');
  };
  const failing = {
    ...deps,
    bus,
    groups,
    jobs: { ...deps.jobs, get },
    clock: { ...deps.clock, now: () => now },
  };
  const rerun = aJob({ id: jobIdAt(1), rerunOf: jobIdAt(9), updatedAt: someTime });
  const grouped = aJob({ id: jobIdAt(2), group: 'nightly', updatedAt: someTime });
  const changes: JobChange[] = [
    { position: 'grouped', after: grouped },
    { position: 'rerun', after: rerun },
    { position: 'other', after: aJob({ id: jobIdAt(3), updatedAt: someTime }) },
  ];
  const failed = await publishChanges(failing, changes, { relatedUntil: now + 20_000, repeats });
  return { failed, published };
}

describe('publishChanges', () => {
  test('has reruns and groups delivered again for ten minutes, and does not hold the stream longer', async () => {
    const young = await publishAt(tenMinutes - 1, 'from-first-failed');
    expect(young.failed.toSorted()).toEqual(['grouped', 'rerun']);
    const old = await publishAt(tenMinutes, 'from-first-failed');
    expect(old.failed).toEqual([]);
    expect(old.published).toHaveLength(3);
  });

  test('keeps changes of any age in a redrive', async () => {
    const { failed } = await publishAt(20 * tenMinutes, 'failed');
    expect(failed.toSorted()).toEqual(['grouped', 'rerun']);
  });
});
