import { describe, expect, test } from 'vitest';
import { planJobList } from '../../../../aws/dynamodb/lists/job-list-plan.ts';
import { type JobStatus, jobStatuses } from '../../../../core/contract/job-state.ts';
import type { JobFilter } from '../../../../core/ports/job-store.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';

/** A short description of the reads of a list. */
function planned(filter: JobFilter) {
  const { source, filtered } = planJobList({ tenant: 't', limit: 10, ...filter });
  if (source.kind !== 'partitions') return [source.kind, filtered];
  const reads = source.partitions.map(({ index, partition, prefix }) =>
    index === undefined ? `${partition} ${prefix}` : `${index.name} ${partition}`,
  );
  return [...reads, filtered];
}

const active = jobStatuses.filter((status) => !['succeeded', 'failed', 'error', 'aborted'].includes(status));

describe('planJobList', () => {
  test('reads the table when there is no filter', () => {
    expect(planned({})).toStrictEqual(['table', false]);
    expect(planned({ statuses: jobStatuses })).toStrictEqual(['table', false]);
    expect(planned({ statuses: [], services: [] })).toStrictEqual(['table', false]);
  });

  test('bounds the read by time, where IDs are in order', () => {
    const times = { createdAfter: 5, createdBefore: 9 };
    expect(planned(times)).toStrictEqual(['table', false]);
    expect(planned({ ...times, services: ['a'] })).toStrictEqual(['service t#a', 'service t#a#named', false]);
    expect(planned({ ...times, ids: [jobIdAt(1)] })).toStrictEqual(['ids', false]);
    expect(planned({ ...times, namePrefix: 'a' })).toStrictEqual(['names', true]);
  });

  test('reads both partitions of each service, and filters by version afterwards', () => {
    expect(planned({ services: ['b', 'a', 'b'] })).toStrictEqual([
      'service t#b',
      'service t#b#named',
      'service t#a',
      'service t#a#named',
      false,
    ]);
    expect(planned({ services: ['a'], serviceVersion: '1.0.0' })).toContain(true);
  });

  test('excludes jobs named like a service whose name lacks the requested prefix', () => {
    expect(planned({ services: ['echo', 'csv'], namePrefix: 'ec' })).toStrictEqual([
      'service t#echo',
      'service t#echo#named',
      'service t#csv#named',
      true,
    ]);
  });

  test('reads one partition of the live index for each unsuccessful end, in preference to the partition of a service', () => {
    expect(planned({ statuses: ['failed', 'error'] })).toStrictEqual([
      'live t#failed',
      'live t#error',
      false,
    ]);
    expect(planned({ services: ['a'], statuses: ['failed'] })).toStrictEqual(['live t#failed', true]);
  });

  test('reads new and active jobs for states before the end, and filters unless all of them are requested', () => {
    const both = ['live t#new', 'live t#active'];
    expect(planned({ statuses: ['executing', 'pending'] })).toStrictEqual([...both, true]);
    expect(planned({ statuses: ['executing', 'aborted'] })).toStrictEqual([...both, 'live t#aborted', true]);
    expect(planned({ statuses: active })).toStrictEqual([...both, false]);
  });

  test.each<readonly [readonly JobStatus[]]>([[['succeeded']], [['failed', 'succeeded']]])(
    'reads no index of states for %s',
    (statuses) => {
      expect(planned({ statuses })).toStrictEqual(['table', true]);
      expect(planned({ statuses, services: ['a'] })).toStrictEqual([
        'service t#a',
        'service t#a#named',
        true,
      ]);
      expect(planned({ statuses, namePrefix: 'a' })).toStrictEqual(['names', true]);
    },
  );

  test('prefers IDs to a parent, a parent to a group, a group to a tag, a tag to states, and a name only to the table', () => {
    const all: JobFilter = { tag: 'red', statuses: ['failed'], services: ['a'], namePrefix: 'a' };
    const parentId = jobIdAt(1);
    expect(planned({ ...all, parentId, ids: [jobIdAt(2)] })).toStrictEqual(['ids', true]);
    expect(planned({ ...all, parentId })).toStrictEqual([`T#t C#${parentId}#`, true]);
    expect(planned({ ...all, group: 'red' })).toStrictEqual([
      expect.stringMatching(/^T#t GR#[\w-]{43}#$/),
      true,
    ]);
    expect(planned({ group: 'red' })).toStrictEqual([expect.stringMatching(/^T#t GR#/), false]);
    expect(planned(all)).toStrictEqual([expect.stringMatching(/^T#t G#[\w-]{43}#$/), true]);
    expect(planned({ namePrefix: 'a' })).toStrictEqual(['names', false]);
  });
});
