import type { Job } from './job.ts';

/** What is kept of a deleted job under its own id, so that nothing is made there again. */
export interface Tombstone {
  /** In milliseconds since 1970. */
  readonly deletedAt: number;
  readonly by: string;
  /** The job at its end, with all that its events tell and without what it took and gave. */
  readonly job: Job;
}

/** What is left of a job when it is deleted. */
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
