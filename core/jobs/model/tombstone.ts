import type { Job } from './job.ts';

/** What remains of a deleted job under its id, so that no other job is created with this id. */
export interface Tombstone {
  /** In milliseconds since 1970. */
  readonly deletedAt: number;
  readonly by: string;
  /** The last version of the job: all data that its events contain, without parameters and result. */
  readonly job: Job;
}

/** Creates the tombstone of a job. */
export function tombstoneOf(job: Job, { by, now }: { readonly by: string; readonly now: number }): Tombstone {
  const {
    request: _q,
    result: _r,
    nextCheckAt: _d,
    cascade: _c,
    draft: _f,
    progress: _p,
    progressAt: _t,
    endedClaim: _e,
    issuedTokens: _i,
    ...rest
  } = job;
  const left: Job = { ...rest, metadata: {}, parameters: { kind: 'inline', json: 'null' } };
  return { deletedAt: Math.max(now, job.updatedAt), by, job: left };
}
