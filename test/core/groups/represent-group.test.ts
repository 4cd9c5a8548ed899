import { describe, expect, test } from 'vitest';
import { groupRepresentation } from '../../../core/contract/schemas/job-list-schemas.ts';
import { expectedEnd, representGroup } from '../../../core/groups/represent-group.ts';
import type { GroupCounts } from '../../../core/ports/groups/group-counters.ts';
import { someTime } from '../../support/jobs/jobs.ts';

const group: GroupCounts = {
  tenant: 'local',
  group: 'night/7 ü',
  counts: { pending: 2, executing: 3, succeeded: 4, failed: 1 },
  succeededMs: 10_001,
  firstRequestedAt: someTime,
  lastUpdatedAt: someTime + 5000,
  run: { since: someTime, ended: 5 },
};
const represented = (given: Partial<GroupCounts> = {}, now = someTime + 10_000) =>
  representGroup({ ...group, ...given }, { baseUrl: 'https://api', now });

describe('representGroup', () => {
  test('returns the counts, the times and links with the encoded name', () => {
    const body = represented();
    expect(groupRepresentation.parse(body)).toEqual(body);
    expect(body).toEqual({
      name: 'night/7 ü',
      total: 10,
      byStatus: { pending: 2, executing: 3, succeeded: 4, failed: 1 },
      firstRequestedAt: '2026-11-21T09:30:15.125Z',
      lastUpdatedAt: '2026-11-21T09:30:20.125Z',
      typicalSeconds: 2.5,
      // Five ends in 10 s, and five jobs are left.
      expectedEndAt: '2026-11-21T09:30:35.125Z',
      links: {
        self: 'https://api/v1/groups/night%2F7%20%C3%BC',
        jobs: 'https://api/v1/jobs?group=night%2F7%20%C3%BC',
      },
    });
  });

  test('leaves out a count below 0, so that the total is the sum of the counts', () => {
    expect(represented({ counts: { pending: -1, executing: 1, failed: 2 } })).toMatchObject({
      total: 3,
      byStatus: { executing: 1, failed: 2 },
    });
  });

  test('has no typical duration before a job has succeeded', () => {
    expect(represented({ counts: { failed: 2 }, succeededMs: 0 })).not.toHaveProperty('typicalSeconds');
  });
});

describe('expectedEnd', () => {
  test.each<readonly [string, Partial<GroupCounts>]>([
    ['before the first end', { run: { since: someTime, ended: 0 } }],
    ['when all jobs have ended', { counts: { succeeded: 9 } }],
    ['when only drafts are left', { counts: { succeeded: 9, draft: 1, ready: 1 } }],
    ['beyond the year 9999', { run: { since: 0, ended: 1 }, counts: { pending: 1_000_000 } }],
  ])('is unknown %s', (_, given) => {
    expect(expectedEnd({ ...group, ...given }, someTime)).toBeUndefined();
  });

  test('moves away while no job ends', () => {
    expect(expectedEnd(group, someTime + 10_000)).toBe(someTime + 20_000);
    expect(expectedEnd(group, someTime + 100_000)).toBe(someTime + 200_000);
  });

  test('is not in the past when the clock of the run was ahead', () => {
    expect(expectedEnd(group, someTime - 5)).toBe(someTime - 5);
  });
});
