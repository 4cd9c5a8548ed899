import type { Clock } from '../../ports/clock.ts';
import type { Service } from '../../services/model/service.ts';
import type { Job, JobInputs } from '../model/job.ts';
import { distinctIds, idsOf } from '../records/job-inputs.ts';
import { type Attachment, type InsertRelatedDeps, insertRelated } from '../relations/insert-related.ts';
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
  return insertRelated(deps, job, attachmentOf(deps, job, { inputs, service }));
}

/** The links of a new job to its inputs, and the check that they exist; nothing for a job without inputs. */
export function attachmentOf(
  deps: CheckInputsDeps & { readonly clock: Pick<Clock, 'now'> },
  job: Job,
  { inputs, service }: NewInputs,
): Attachment {
  const ids = idsOf(inputs);
  const listed = distinctIds(ids);
  return {
    links: useLinks(job, listed, deps.clock.now()),
    confirm: async () => {
      if (job.draft === undefined && listed.length > 0)
        await requireInputs(deps, { tenant: job.tenant, service, ids });
    },
  };
}
