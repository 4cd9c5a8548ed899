import { describe, expect, test } from 'vitest';
import {
  type BatchFailure,
  classifyBatchFailure,
} from '../../../../core/jobs/batch/classify-batch-failure.ts';
import { stopReasons } from '../../../../core/jobs/batch/stop-reasons.ts';

const exited = 'Essential container in task exited';

const texts: readonly [string, BatchFailure][] = [
  ['timeout', { statusReason: 'Job attempt duration exceeded timeout' }],
  ['timeout', { statusReason: 'Job attempt duration exceeded timeout', exitCode: 137 }],
  ['timeout', { statusReason: stopReasons.timeout, exitCode: 143 }],
  [
    'out-of-memory',
    { statusReason: exited, reason: 'OutOfMemoryError: Container killed due to memory usage', exitCode: 137 },
  ],
  ['out-of-memory', { statusReason: 'OutOfMemoryError: Container killed due to memory usage' }],
  ['spot-interrupted', { statusReason: 'Host EC2 (instance i-0123456789abcdef0) terminated.' }],
  ['spot-interrupted', { statusReason: 'Your Spot Task was interrupted.', exitCode: 143 }],
  [
    'image-pull',
    { statusReason: 'CannotPullContainerError: pull image manifest has been retried 1 time(s): not found' },
  ],
  [
    'image-pull',
    { statusReason: 'Task failed to start', reason: 'CannotPullECRContainerError: AccessDenied' },
  ],
  [
    'misconfigured',
    { statusReason: 'Task failed to start', reason: 'CannotStartContainerError: exec: "run": not found' },
  ],
  ['misconfigured', { statusReason: 'ResourceInitializationError: unable to pull secrets or registry auth' }],
  [
    'misconfigured',
    { statusReason: "ECS was unable to assume the role 'arn:aws:iam::1:role/x' that was provided" },
  ],
  [
    'misconfigured',
    { statusReason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement is higher' },
  ],
  ['misconfigured', { statusReason: 'Container Overrides length must be at most 8192' }],
  ['capacity', { statusReason: 'Timeout waiting for network interface provisioning to complete.' }],
  ['capacity', { statusReason: 'Capacity is unavailable at this time. Please try again later' }],
  ['capacity', { statusReason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - cannot fulfil the request' }],
  ['capacity', { statusReason: stopReasons.queueTimeout }],
  ['lost', { statusReason: stopReasons.lost, exitCode: 143 }],
  ['lost', { statusReason: stopReasons.superseded, exitCode: 143 }],
  ['service-failed', { statusReason: exited, exitCode: 3, startedAt: 5 }],
  ['service-failed', { statusReason: exited, exitCode: 137, startedAt: 5 }],
  ['service-failed', { statusReason: 'Stopped by the operator', exitCode: 143, startedAt: 5 }],
  ['dispatch-failed', { statusReason: 'Some words that nobody has seen yet' }],
  ['dispatch-failed', {}],
  ['lost', { statusReason: 'Some words that nobody has seen yet', startedAt: 5 }],
  ['lost', { statusReason: exited, exitCode: 0, startedAt: 5 }],
];

describe('classifyBatchFailure', () => {
  test.each(texts)('reads %s from %j', (code, failed) => {
    expect(classifyBatchFailure(failed).code).toBe(code);
  });

  test('names the signal of an exit code, and does not treat a kill as a lack of memory', () => {
    const killed = classifyBatchFailure({ statusReason: exited, exitCode: 137 });
    expect(killed).toMatchObject({ code: 'service-failed', exitCode: 137, reason: exited });
    expect(killed.detail).toContain('SIGKILL');
    expect(classifyBatchFailure({ statusReason: exited, exitCode: 139 }).detail).toContain('SIGSEGV');
    expect(classifyBatchFailure({ statusReason: exited, exitCode: 3 }).detail).toBe(
      'The container exited with code 3',
    );
  });

  test('keeps each message of the dispatcher once, and no more than a job can store', () => {
    const text = 'CannotPullContainerError: no such image';
    expect(classifyBatchFailure({ statusReason: text, reason: text }).reason).toBe(text);
    expect(classifyBatchFailure({ statusReason: exited, reason: 'OutOfMemoryError: x' }).reason).toBe(
      `OutOfMemoryError: x; ${exited}`,
    );
    expect(classifyBatchFailure({ statusReason: '\ud83d\ude00'.repeat(2000) }).reason).toHaveLength(1000);
    const odd = classifyBatchFailure({ statusReason: `a${'\ud83d\ude00'.repeat(2000)}` }).reason ?? '';
    expect(odd.isWellFormed()).toBe(true);
    expect(classifyBatchFailure({})).not.toHaveProperty('reason');
  });
});
