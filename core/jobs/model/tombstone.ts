import { omit } from '../../std/omit.ts';
import type { InputIds, Job } from './job.ts';

/** What remains of a deleted job under its id, so that no other job is created with this id. */
export interface Tombstone {
  /** Epoch milliseconds. */
  readonly deletedAt: number;
  readonly by: string;
  /** The last version of the job: all data that its events contain, without parameters and result. */
  readonly job: Job;
  /** Only of a job that used data objects. */
  readonly inputIds?: InputIds;
}

const omittedMembers = [
  'indexedMetadata',
  'request',
  'inputs',
  'result',
  'contentDigest',
  'reusedAttempt',
  'rerunAs',
  'nextCheckAt',
  'cascade',
  'draft',
  'progress',
  'progressAt',
  'endedClaim',
  'issuedTokenFingerprints',
] as const;

/** Who deletes a job and when, in epoch milliseconds. */
export interface DeletionDetails {
  readonly by: string;
  readonly now: number;
  /** See `keepInputIds`. */
  readonly inputIds?: InputIds;
}

/** Creates the tombstone of a job. */
export function tombstoneOf(job: Job, { by, now, inputIds = {} }: DeletionDetails): Tombstone {
  const remaining: Job = {
    ...omit(job, omittedMembers),
    metadata: {},
    parameters: { kind: 'inline', json: 'null' },
  };
  const inputs = Object.keys(inputIds).length === 0 ? {} : { inputIds };
  return { deletedAt: Math.max(now, job.updatedAt), by, job: remaining, ...inputs };
}
