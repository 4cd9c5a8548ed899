import { defaultLimits, defaultPolicy } from '../../../core/jobs/model/defaults.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { derivedTraceparent } from '../../../core/jobs/submission/traceparent.ts';
import { jobIdAt } from './job-id.ts';

/** The moment at which test jobs are created. */
export const someTime = Date.UTC(2026, 10, 21, 9, 30, 15, 125);

/** The time from the creation of a test job to its first check. */
export const reconcileAfterMs = 60_000;

/** A job as a submission of `{}` to echo@1.0.0 creates it; every other member follows from the given ones. */
export function aJob(given: Partial<Job> = {}): Job {
  const id = given.id ?? jobIdAt(given.requestedAt ?? someTime);
  const requestedAt = given.requestedAt ?? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  const service = given.service ?? { name: 'echo', version: '1.0.0' };
  return {
    tenant: 'local',
    id,
    name: service.name,
    status: 'pending',
    service,
    tags: [],
    metadata: {},
    parameters: { kind: 'inline', json: '{}' },
    policy: defaultPolicy,
    limits: defaultLimits,
    owner: 'local',
    traceparent: derivedTraceparent(id),
    requestedAt,
    updatedAt: requestedAt,
    attempt: 0,
    starts: 1,
    endedAttempts: [],
    nextCheckAt: requestedAt + reconcileAfterMs,
    transitions: [{ status: 'pending', at: requestedAt, attempt: 0 }],
    version: 1,
    ...given,
  };
}

/** A job that ended immediately in the given state; for lists, where only state and id matter. */
export function endedJob(
  status: 'succeeded' | 'failed' | 'error' | 'aborted',
  given: Partial<Job> = {},
): Job {
  const { nextCheckAt: _, ...job } = aJob(given);
  const finishedAt = job.requestedAt + 5;
  const transitions = [...job.transitions, { status, at: finishedAt, attempt: job.attempt }];
  return { ...job, status, finishedAt, updatedAt: finishedAt, transitions, version: 2 };
}
