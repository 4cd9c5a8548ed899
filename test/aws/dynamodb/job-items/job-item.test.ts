import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromItem, toItem } from '../../../../aws/dynamodb/job-items/job-item.ts';
import type { Item } from '../../../../aws/dynamodb/table/table.ts';
import { representFailure } from '../../../../core/jobs/queries/represent-job.ts';
import { derivedTraceparent } from '../../../../core/jobs/submission/traceparent.ts';
import { arbitraryJob } from '../../../support/jobs/arbitrary-job.ts';
import { itemSize } from '../../../support/jobs/item-size.ts';
import { aJob } from '../../../support/jobs/jobs.ts';
import { referenceLife } from '../../../support/jobs/reference-job.ts';

describe('job items', () => {
  test('store the overrides of a draft under the name that earlier releases gave them', () => {
    const draft = { overrides: { timeoutSeconds: 5 }, missing: [] };
    const item = toItem(aJob({ status: 'draft', draft }));
    expect(item['dr']).toEqual({ S: '{"wishes":{"timeoutSeconds":5},"missing":[]}' });
    expect(fromItem(item).draft).toEqual(draft);
  });

  test('return any valid job unchanged', () => {
    fc.assert(
      fc.property(arbitraryJob(), (job) => {
        expect(fromItem(toItem(job))).toStrictEqual(job);
      }),
      { numRuns: 300 },
    );
  });

  test('store nothing that the layout implies', () => {
    expect(toItem(aJob())).toStrictEqual({
      pk: { S: 'T#local' },
      sk: { S: 'J#01a1fd71-2cd5-7000-8000-000000000000' },
      live: { S: 'local#new' },
      svc: { S: 'local#echo' },
      z: { N: '2' },
      v: { N: '1' },
      st: { S: 'pending' },
      sv: { S: '1.0.0' },
      o: { S: 'local' },
      p: { S: '{}' },
    });
  });

  test('of layout 1 are read with the defaults of their time, whatever the defaults are today', () => {
    const stored: Item = {
      pk: { S: 'T#local' },
      sk: { S: 'J#019aa5c9-b4cd-7123-8456-000000000789' },
      svc: { S: 'local#echo' },
      z: { N: '1' },
      v: { N: '3' },
      st: { S: 'succeeded' },
      sv: { S: '1.0.0' },
      o: { S: 'someone' },
      p: { S: '{}' },
      r: { S: '[1]' },
      ca: { N: '1763718051153' },
      xa: { N: '1763718051153' },
      fa: { N: '1763718051968' },
      a: { N: '1' },
      m: { S: ',x1.3o,s1.mn' },
    };
    expect(fromItem(stored)).toStrictEqual({
      tenant: 'local',
      id: '019aa5c9-b4cd-7123-8456-000000000789',
      name: 'echo',
      status: 'succeeded',
      service: { name: 'echo', version: '1.0.0' },
      tags: [],
      metadata: {},
      parameters: { kind: 'inline', json: '{}' },
      result: { kind: 'inline', json: '[1]' },
      policy: { maxAttempts: 3, backoffSeconds: 10, backoffRate: 2 },
      limits: { attemptTimeoutSeconds: 240, queueTimeoutSeconds: 3600, timeoutSeconds: 86_400 },
      owner: 'someone',
      traceparent: '00-019aa5c9b4cd71238456000000000789-8456000000000789-01',
      requestedAt: 1763718051021,
      scheduledAt: 1763718051153,
      startedAt: 1763718051153,
      finishedAt: 1763718051968,
      updatedAt: 1763718051968,
      attempt: 1,
      starts: 1,
      endedAttempts: [],
      transitions: [
        { status: 'pending', at: 1763718051021, attempt: 0 },
        { status: 'executing', at: 1763718051153, attempt: 1 },
        { status: 'succeeded', at: 1763718051968, attempt: 1 },
      ],
      version: 3,
    });
  });

  test('that were stored before failures had a service error type contain the detail only', () => {
    const failure = {
      code: 'service-failed',
      detail: 'empty-text: no',
      retryable: true,
      attempt: 1,
    } as const;
    const ended = { number: 1, startedAt: 1763718051153, finishedAt: 1763718051168, failure };
    const stored: Item = {
      ...toItem(aJob()),
      f: { S: JSON.stringify(failure) },
      ea: { S: JSON.stringify([ended]) },
    };
    const job = fromItem(stored);
    expect(job.failure).toStrictEqual(failure);
    expect(job.endedAttempts).toStrictEqual([ended]);
    expect(representFailure(failure)).not.toHaveProperty('serviceErrorType');
  });

  test('that were stored with the time of their first check and without a name partition are read the same', () => {
    const { live: _, svc: __, ...stored } = toItem(aJob({ name: 'mine' }));
    const old = {
      ...stored,
      due: { S: '3' },
      dueAt: { N: '1795253475125' },
      live: { S: 'local#active' },
      svc: { S: 'local#echo' },
    };
    expect(fromItem(old)).toStrictEqual(aJob({ name: 'mine' }));
  });

  test('of the reference job stay below one write unit in every state', () => {
    const { created, claimed, succeeded } = referenceLife();
    const sizes = [created, claimed, succeeded].map((job) => itemSize(toItem(job)));
    expect(sizes).toStrictEqual([404, 518, 754]);
    expect(Math.max(...sizes)).toBeLessThan(1024);
  });

  test('change no index key while a job runs, and keep only the index key of the service when it succeeds', () => {
    const { created, claimed, succeeded } = referenceLife();
    const keysOf = (item: Item) => [item['due'], item['dueAt'], item['live'], item['svc']];
    expect(keysOf(toItem(created))).toStrictEqual([
      undefined,
      undefined,
      { S: 'local#new' },
      { S: 'local#echo' },
    ]);
    expect(keysOf(toItem(claimed))).toStrictEqual(keysOf(toItem(created)));
    expect(keysOf(toItem(succeeded))).toStrictEqual([undefined, undefined, undefined, { S: 'local#echo' }]);
  });

  test.each([1, -1, 30_000])('store the next check when it is %i ms from the implied time', (offset) => {
    const { nextCheckAt = 0 } = aJob();
    const item = toItem(aJob({ nextCheckAt: nextCheckAt + offset }));
    expect(item).toMatchObject({
      due: { S: expect.stringMatching(/^[0-7]$/) },
      dueAt: { N: String(nextCheckAt + offset) },
      live: { S: 'local#active' },
    });
  });

  test('of an ended job that must be checked store the time, even when it equals the time that the ID implies', () => {
    const { nextCheckAt: _, ...ended } = { ...aJob(), status: 'aborted' as const };
    const item = toItem({ ...ended, nextCheckAt: aJob().nextCheckAt ?? 0 });
    expect(item).toMatchObject({ dueAt: { N: '1795253475125' }, live: { S: 'local#aborted' } });
    expect(fromItem(item).nextCheckAt).toBe(1_795_253_475_125);
  });

  test('put a job with its own name next to jobs that have the name of the service', () => {
    expect(toItem(aJob({ name: 'mine' }))['svc']).toStrictEqual({ S: 'local#echo#named' });
  });

  test.each(['failed', 'error', 'aborted'] as const)(
    'stay in the live index when the job ends as %s',
    (status) => {
      expect(toItem(aJob({ status }))['live']).toStrictEqual({ S: `local#${status}` });
    },
  );

  test('store values that are not implied', () => {
    const job = aJob({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, name: 'mine', starts: 2 });
    expect(job.traceparent).not.toBe(derivedTraceparent(job.id));
    expect(toItem(job)).toMatchObject({ tp: { S: job.traceparent }, n: { S: 'mine' }, s: { N: '2' } });
  });

  test('store the log group only where it differs from the group of AWS Batch', () => {
    const log = { group: '/aws/batch/job', stream: 'a/default/1' };
    expect(toItem(aJob({ log }))['lg']).toStrictEqual({ S: 'a/default/1' });
    expect(toItem(aJob({ log: { ...log, group: '/own' } }))['lg']).toStrictEqual({ S: '/own:a/default/1' });
  });

  test.each([
    [{ requestId: 'r' }, 'r'],
    [{ requestId: 'r', stream: '2026/11/30/[$LATEST]0' }, 'r:2026/11/30/[$LATEST]0'],
    [{ requestId: 'r', group: '/own' }, 'r::/own'],
    [{ requestId: 'r', stream: 's', group: '/own' }, 'r:s:/own'],
  ])('store the invocation %j in one text', (invocation, stored) => {
    const item = toItem(aJob({ invocation }));
    expect(item['iv']).toStrictEqual({ S: stored });
    expect(fromItem(item).invocation).toStrictEqual(invocation);
  });

  test('of an unknown layout are refused with an error that explains what to do', () => {
    const item = { ...toItem(aJob()), z: { N: '3' } };
    expect(() => fromItem(item)).toThrow(
      'The item T#local J#01a1fd71-2cd5-7000-8000-000000000000 has layout version 3, but this release reads 1, 2',
    );
  });

  test('without a required attribute are refused with an error that names it', () => {
    const { sv: _, ...item } = toItem(aJob());
    expect(() => fromItem(item)).toThrow('lacks the attribute sv (text)');
    const { p: __, ...withoutParameters } = toItem(aJob());
    expect(() => fromItem(withoutParameters)).toThrow('lacks its parameters');
  });

  test('with an unknown status are refused', () => {
    expect(() => fromItem({ ...toItem(aJob()), st: { S: 'done' } })).toThrow('unknown status "done"');
  });
});
