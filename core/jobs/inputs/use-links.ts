import type { Clock } from '../../ports/clock.ts';
import type { JobLink, JobLinks } from '../../ports/job-links.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { InputIds, Job } from '../model/job.ts';
import { distinctIds } from '../records/job-inputs.ts';

type JobOfLink = Pick<Job, 'tenant' | 'id'>;

const parallel = 10;

/** The link by which a data object leads to a job that uses it. */
function useLink({ tenant, id: jobId }: JobOfLink, dataId: string): Omit<JobLink, 'madeAt'> {
  return { tenant, kind: 'use', anchorId: dataId, jobId };
}

/** The links of a job to its inputs; `madeAt` in epoch milliseconds. */
export function useLinks(job: JobOfLink, ids: readonly string[], madeAt: number): readonly JobLink[] {
  return ids.map((id) => ({ ...useLink(job, id), madeAt }));
}

/** An edit of a draft's inputs. */
export interface InputChange {
  readonly before: InputIds;
  readonly after: InputIds;
  /** A random secret of this edit. */
  readonly tryId: string;
}

/**
 * Writes the links of an edit before the draft itself: those of new inputs, so that their deletion finds the draft, and those of
 * removed inputs, so that `removeUseLinks` recognizes a later edit that adds one of them again.
 */
export async function writeUseLinks(
  { links, clock }: { readonly links: Pick<JobLinks, 'add'>; readonly clock: Clock },
  job: JobOfLink,
  { before, after, tryId }: InputChange,
): Promise<void> {
  const changed = [...withoutIds(before, after), ...withoutIds(after, before)];
  await inParallel(useLinks(job, changed, clock.now()), parallel, (link) => links.add(link, tryId));
}

/**
 * Removes the links of the inputs that an edit has removed, after the draft was written. A link that another edit has written since
 * is kept, because that edit may have added the input again.
 */
export async function removeUseLinks(
  { links }: { readonly links: Pick<JobLinks, 'remove'> },
  job: JobOfLink,
  { before, after, tryId }: InputChange,
): Promise<void> {
  await inParallel(withoutIds(before, after), parallel, (id) => links.remove(useLink(job, id), tryId));
}

/** Removes all links of a deleted job to its inputs. */
export async function removeAllUseLinks(
  { links }: { readonly links: Pick<JobLinks, 'remove'> },
  job: JobOfLink,
  dataIds: readonly string[],
): Promise<void> {
  await inParallel(dataIds, parallel, (id) => links.remove(useLink(job, id)));
}

function withoutIds(ids: InputIds, others: InputIds): readonly string[] {
  const excluded = new Set(distinctIds(others));
  return distinctIds(ids).filter((id) => !excluded.has(id));
}
