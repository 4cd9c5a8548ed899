import type { Service } from '../../services/model/service.ts';
import type { Job, JobInputs } from '../model/job.ts';
import { distinctIds, idsOf } from '../records/job-inputs.ts';
import { type InsertRelatedDeps, insertRelated } from '../relations/insert-related.ts';
import { type CheckInputsDeps, requireInputs } from './check-inputs.ts';
import { useLinks } from './use-links.ts';

/** The checked inputs of a new job. */
export interface NewInputs {
  readonly inputs: JobInputs;
  /** Undefined in a draft without a service. */
  readonly service: Service | undefined;
}

/**
 * Stores a job with inputs, as `insertRelated` does. The links to the inputs are written before the data objects are read once
 * more: a deletion that has not seen the links has marked its object before, and this call sees the mark. A draft is not checked
 * again, because its start does this. Throws `invalid-inputs` and the errors of `insertRelated`.
 */
export function insertWithInputs(
  deps: InsertRelatedDeps & CheckInputsDeps,
  job: Job,
  { inputs, service }: NewInputs,
): Promise<Job | undefined> {
  const ids = idsOf(inputs);
  return insertRelated(deps, job, {
    links: useLinks(job, distinctIds(ids), deps.clock.now()),
    confirm: async () => {
      if (job.draft === undefined) await requireInputs(deps, { tenant: job.tenant, service, ids });
    },
  });
}
