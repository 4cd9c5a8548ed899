import { describe, expect, test } from 'vitest';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { parseEvent } from '../../../functions/batch-event/parse-event.ts';

const passed = {
  time: '2026-01-11T23:36:40Z',
  tenant: 'acme',
  claim: 'mark',
  jobName: 'errand-x-1',
  jobId: '4c7599ae-0a82-49aa-ba5a-4727fcce14a8',
  status: 'RUNNABLE',
  log: ':',
  attempts: [],
};
const of = { dispatcherId: passed.jobId, jobName: 'errand-x-1', tenant: 'acme', claim: 'mark' };

describe('readEvent', () => {
  test('reads a waiting job, and the reason', () => {
    expect(parseEvent(passed)).toEqual({ ...of, status: 'RUNNABLE' });
    expect(parseEvent({ ...passed, statusReason: 'no room' })).toMatchObject({ statusReason: 'no room' });
  });

  test('uses the time of the event as the start of a container that no attempt reports yet', () => {
    const startedAt = Date.parse(passed.time);
    expect(parseEvent({ ...passed, status: 'RUNNING' })).toEqual({ ...of, status: 'RUNNING', startedAt });
  });

  test.each([
    ['/own/group:a/b', { group: '/own/group', stream: 'a/b' }],
    [':a/b', { group: '/aws/batch/job', stream: 'a/b' }],
    ['/own/group:', undefined],
    [':', undefined],
    [undefined, undefined],
  ])('reads the log %s of a running container', (log, read) => {
    const { log: _, ...rest } = passed;
    const event = { ...rest, status: 'RUNNING', ...omitUndefined({ log }) };
    expect(parseEvent(event).log).toEqual(read);
  });

  test('reads an ended job from its attempt', () => {
    const container = { exitCode: 137, reason: 'OutOfMemoryError: "x"', logStreamName: 'a/b', taskArn: 't' };
    const attempts = [{ startedAt: 1, stoppedAt: 2, statusReason: 'exited', container }];
    expect(parseEvent({ ...passed, status: 'FAILED', statusReason: 'exited', attempts })).toEqual({
      ...of,
      status: 'FAILED',
      statusReason: 'exited',
      exitCode: 137,
      reason: 'OutOfMemoryError: "x"',
      log: { group: '/aws/batch/job', stream: 'a/b' },
      startedAt: 1,
      stoppedAt: 2,
    });
  });

  test('reads an ended job whose container never existed', () => {
    for (const attempts of [[], [{ startedAt: 0, container: {} }]])
      expect(parseEvent({ ...passed, status: 'FAILED', statusReason: 'stopped', attempts })).toEqual({
        ...of,
        status: 'FAILED',
        statusReason: 'stopped',
      });
  });

  test('keeps an exit code of 0, and ignores an empty text or null', () => {
    const attempts = [{ container: { exitCode: 0, reason: '', logStreamName: null } }];
    expect(parseEvent({ ...passed, status: 'SUCCEEDED', statusReason: '', attempts })).toEqual({
      ...of,
      status: 'SUCCEEDED',
      exitCode: 0,
    });
  });

  test.each(['time', 'tenant', 'claim', 'jobName', 'jobId', 'status', 'attempts'])(
    'refuses an event without %s',
    (member) => {
      const { [member as keyof typeof passed]: _, ...rest } = passed;
      expect(() => parseEvent(rest)).toThrow();
    },
  );
});
