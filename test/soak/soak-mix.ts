import assert from 'node:assert/strict';
import type { JobBody } from '../support/local-service/ended-job.ts';

/** One of ten kinds of jobs: its submission, whether it is aborted, and its expected outcome. */
export interface SoakJob {
  readonly kind: 'echo' | 'retried' | 'failed' | 'aborted' | 'parent' | 'batch';
  readonly submission: object;
  /** When it is aborted, if at all: within two seconds, or once it was observed to run, so that its result is late. */
  readonly abort: 'never' | 'soon' | 'running';
}

/** The job of a number. A tenth each fails, is retried, is aborted, has sub-jobs, and runs on AWS Batch. */
export function soakJob(number: number): SoakJob {
  const name = `soak-${number}`;
  const sleepSeconds = 0.1 + (number % 7) / 5;
  switch (number % 10) {
    case 1:
      return {
        kind: 'retried',
        submission: {
          service: 'flaky',
          name,
          parameters: { failures: 1, kind: 'throw' },
          retry: { maxAttempts: 10, backoffSeconds: 2, retryOn: ['service-failed', 'lost', 'timeout'] },
        },
        abort: 'never',
      };
    case 3:
      return {
        kind: 'failed',
        submission: {
          service: 'flaky',
          name,
          parameters: { failures: 10, kind: 'throw' },
          retry: { maxAttempts: 1 },
        },
        abort: 'never',
      };
    case 5: {
      const abort = number % 20 === 5 ? 'running' : 'soon';
      // Work that cannot be stopped occupies one of the few local threads of its function until its own end.
      const parameters = { number, sleepSeconds: abort === 'running' ? 1.5 : 4 };
      return { kind: 'aborted', submission: { service: 'echo', name, parameters }, abort };
    }
    case 7:
      return {
        kind: 'parent',
        submission: { service: 'fan-out', name, parameters: { count: 3, parameters: { sleepSeconds: 0.2 } } },
        abort: 'never',
      };
    case 9:
      return {
        kind: 'batch',
        submission: {
          service: 'cpu-load-batch',
          name,
          parameters: { duration_seconds: 0.3, target_cpu_percent: 5 },
          retry: { maxAttempts: 10, backoffSeconds: 1 },
        },
        abort: number % 50 === 49 ? 'soon' : 'never',
      };
    default:
      return {
        kind: 'echo',
        submission: { service: 'echo', name, parameters: { number, sleepSeconds } },
        abort: 'never',
      };
  }
}

/** Throws unless the job reached an end that its kind allows, whatever was killed in the meantime. */
export function checkSoakJob(number: number, job: JobBody): void {
  const { kind, abort } = soakJob(number);
  const about = `job ${number} (${job.id}, ${kind}): ${job.status} ${JSON.stringify(job.error ?? job.result)}`;
  if (job.status === 'aborted') {
    assert(abort !== 'never', about);
    return;
  }
  if (kind === 'failed') {
    assert.equal(job.status, 'failed', about);
    assert.equal(job.error.code, 'service-failed', about);
    return;
  }
  assert.equal(job.status, 'succeeded', about);
  if (kind === 'echo' || kind === 'aborted') assert.equal(job.result.number, number, about);
  if (kind === 'retried') assert(job.attempt >= 2, about);
  if (kind === 'parent') {
    assert.equal(job.result.children.length, 3, about);
    assert.equal(job.children.total, 3, `${about}: ${JSON.stringify(job.children)}`);
  }
  if (kind === 'batch') assert.equal(typeof job.result.slices, 'number', about);
}
