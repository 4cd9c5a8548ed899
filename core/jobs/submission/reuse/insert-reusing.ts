import type { Submission } from '../../../contract/schemas/submission-schemas.ts';
import type { DataStore } from '../../../ports/data/data-store.ts';
import type { JobStore } from '../../../ports/job-store.ts';
import type { ReusableResults } from '../../../ports/reuse/reusable-results.ts';
import type { Service } from '../../../services/model/service.ts';
import { attachmentOf } from '../../inputs/insert-with-inputs.ts';
import type { Job, JobInputs } from '../../model/job.ts';
import { transitionJob } from '../../model/transition-job.ts';
import { getJob } from '../../queries/get-job.ts';
import { type InsertRelatedDeps, insertRelated } from '../../relations/insert-related.ts';
import { outputsMember } from '../../reuse/outputs-digest.ts';
import { isDeletedWithParent, isReusable } from '../../reuse/reusable-job.ts';

export interface InsertReusingDeps extends InsertRelatedDeps {
  readonly jobs: Pick<JobStore, 'get' | 'replace' | 'insert' | 'tombstone'>;
  readonly data: Pick<DataStore, 'getMany' | 'list'>;
  readonly results: Pick<ReusableResults, 'find'>;
}

/** A new job that may reuse a result. */
export interface ReuseRequest {
  readonly reuse: NonNullable<Submission['reuse']>;
  readonly service: Service;
  /** Absent if the job uses no data objects. */
  readonly inputs?: JobInputs | undefined;
}

/** The job whose result was found is being deleted, so the new job has to run. */
class NotReusableError extends Error {
  override readonly name = 'NotReusableError';
}

/**
 * Stores a new job that is pending as a job that has succeeded with the result of an earlier one; undefined if there is no such
 * result, so that the job has to run. Returns the job as it is stored: another try may have stored a job with this ID first.
 *
 * The link to the earlier job is written before that job and its parents are read once more. A deletion first marks the job that it
 * starts from, which is the earlier job or one of its parents, and then reads the links, so at least one of the two sees the other.
 */
export async function insertReusing(
  deps: InsertReusingDeps,
  job: Job,
  request: ReuseRequest,
): Promise<Job | undefined> {
  const earlier = await findReusable(deps, job, request);
  if (earlier === undefined) return undefined;
  const { tenant, id: jobId } = job;
  const key = { tenant, jobId: earlier.id };
  const { links, confirm } = attachmentOf(deps, job, {
    inputs: request.inputs ?? {},
    service: request.service,
  });
  const link = { tenant, kind: 'reuse', anchorId: earlier.id, jobId, madeAt: deps.clock.now() } as const;
  try {
    const inserted = await insertRelated(deps, reusing(job, earlier, deps.clock.now()), {
      links: [...links, link],
      confirm: async () => {
        await confirm();
        const current = await deps.jobs.get(key);
        if (!isReusable(current, conditionsOf(deps, request))) throw new NotReusableError();
        if (await isDeletedWithParent(deps, current)) throw new NotReusableError();
      },
    });
    return inserted ?? (await getJob(deps, { tenant, jobId }));
  } catch (error) {
    if (error instanceof NotReusableError) return undefined;
    throw error;
  }
}

/** The earlier job with the result for the content of this one, if it may be reused and all of its outputs exist. */
async function findReusable(
  deps: InsertReusingDeps,
  { tenant, contentDigest }: Job,
  request: ReuseRequest,
): Promise<Job | undefined> {
  if (contentDigest === undefined) return undefined;
  const offered = await deps.results.find({ tenant, contentDigest });
  if (offered === undefined) return undefined;
  const earlier = await deps.jobs.get({ tenant, jobId: offered.jobId });
  if (!isReusable(earlier, conditionsOf(deps, request))) return undefined;
  const { outputsDigest } = await outputsMember(deps, earlier, request.service.definition.outputs);
  return outputsDigest === offered.outputsDigest ? earlier : undefined;
}

function conditionsOf({ clock }: InsertReusingDeps, { reuse }: ReuseRequest) {
  return { now: clock.now(), maxAgeSeconds: reuse.maxAgeSeconds };
}

function reusing(job: Job, { id, result, hasOutputs, attempt }: Job, now: number): Job {
  const change = {
    reusedFrom: id,
    result: result ?? ({ kind: 'inline', json: 'null' } as const),
    ...(hasOutputs === true ? { reusedAttempt: attempt } : {}),
  };
  return transitionJob(job, 'succeeded', { now, change });
}
