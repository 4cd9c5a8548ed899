import { derivedTraceparent } from '../../../core/jobs/submission/traceparent.ts';
import type { Operation } from '../../../core/operations/model/operation.ts';
import { jobIdAt } from '../jobs/job-id.ts';
import { someTime } from '../jobs/jobs.ts';

/** An operation as a request with no IDs creates it, except for the given members. */
export function anOperation(given: Partial<Operation> = {}): Operation {
  const id = given.id ?? jobIdAt(someTime);
  return {
    id,
    tenant: 'local',
    work: { action: 'abort' },
    selection: { kind: 'ids' },
    owner: 'local',
    traceparent: derivedTraceparent(id),
    status: 'running',
    chunks: 0,
    cursor: { chunk: 0, offset: 0 },
    lease: 0,
    startedJobs: 0,
    tries: 0,
    matched: 0,
    done: 0,
    refused: 0,
    failed: 0,
    createdAt: someTime,
    updatedAt: someTime,
    nextCheckAt: someTime + 60_000,
    expiresAt: Math.ceil(someTime / 1000) * 1000 + 30 * 86_400_000,
    version: 1,
    ...given,
  };
}
