import { describe, expect, it } from 'vitest';
import { planJobList } from '../../aws/job-list-plan.ts';
import { type JobStatus, jobStatuses } from '../../core/contract/job-state.ts';

/** Where a list is read, in few words. */
function planned(filter: { statuses?: readonly JobStatus[]; services?: readonly string[] }) {
  const { source, filtered } = planJobList({ tenant: 't', limit: 10, ...filter });
  return source.kind === 'table' ? ['table', filtered] : [source.index.name, source.partitions, filtered];
}

describe('planJobList', () => {
  it('reads the table when nothing is filtered', () => {
    expect(planned({})).toStrictEqual(['table', false]);
    expect(planned({ statuses: jobStatuses })).toStrictEqual(['table', false]);
  });

  it('reads the service index by names, each once, and filters by state after', () => {
    expect(planned({ services: ['b', 'a', 'b'] })).toStrictEqual(['service', ['t#b', 't#a'], false]);
    expect(planned({ services: ['a'], statuses: ['failed'] })).toStrictEqual(['service', ['t#a'], true]);
  });

  it('reads one partition of the live index for each bad end', () => {
    expect(planned({ statuses: ['failed', 'error'] })).toStrictEqual([
      'live',
      ['t#failed', 't#error'],
      false,
    ]);
  });

  it('reads the active partition for states before the end, and filters unless all are wanted', () => {
    expect(planned({ statuses: ['executing', 'pending'] })).toStrictEqual(['live', ['t#active'], true]);
    expect(planned({ statuses: ['executing', 'aborted'] })).toStrictEqual([
      'live',
      ['t#active', 't#aborted'],
      true,
    ]);
    const active = jobStatuses.filter(
      (status) => !['succeeded', 'failed', 'error', 'aborted'].includes(status),
    );
    expect(planned({ statuses: active })).toStrictEqual(['live', ['t#active'], false]);
  });

  it('reads the table for what succeeded, alone or with other states', () => {
    expect(planned({ statuses: ['succeeded'] })).toStrictEqual(['table', true]);
    expect(planned({ statuses: ['failed', 'succeeded'] })).toStrictEqual(['table', true]);
  });
});
