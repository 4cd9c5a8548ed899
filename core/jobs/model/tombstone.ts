import { omit } from '../../std/omit.ts';
import type { Job } from './job.ts';

/** What remains of a deleted job under its id, so that no other job is created with this id. */
export interface Tombstone {
  /** Epoch milliseconds. */
  readonly deletedAt: number;
  readonly by: string;
  /** The last version of the job: all data that its events contain, without parameters and result. */
  readonly job: Job;
}

const omittedMembers = [
  'indexedMetadata',
  'request',
  'result',
  'nextCheckAt',
  'cascade',
  'draft',
  'progress',
  'progressAt',
  'endedClaim',
  'issuedTokenFingerprints',
] as const;

/** Creates the tombstone of a job. */
export function tombstoneOf(job: Job, { by, now }: { readonly by: string; readonly now: number }): Tombstone {
  const remaining: Job = {
    ...omit(job, omittedMembers),
    metadata: {},
    parameters: { kind: 'inline', json: 'null' },
  };
  return { deletedAt: Math.max(now, job.updatedAt), by, job: remaining };
}
