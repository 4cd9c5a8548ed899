import { isTerminal, stateTable } from '../contract/job-state.ts';
import type { JobsAction } from '../contract/schemas/operation-states.ts';
import type { Job } from '../jobs/model/job.ts';
import type { JobFilter } from '../jobs/model/job-filter.ts';
import type { Clock } from '../ports/clock.ts';
import type { JobPage, JobStore } from '../ports/job-store.ts';
import { omitUndefined } from '../std/omit-undefined.ts';

export interface PreviewActionInput {
  readonly tenant: string;
  readonly action: JobsAction;
  readonly jobs: JobFilter | readonly string[];
}

export interface Preview {
  /** Of a list of IDs, all of them, also those of missing jobs. */
  readonly matched: number;
  /** Missing jobs, and jobs whose state does not allow the action. */
  readonly refused: number;
  /** False if the time was too short to count all jobs. */
  readonly complete: boolean;
  /** The first jobs. */
  readonly sample: readonly Job[];
}

const budgetMs = 10_000;
const pageJobs = 1000;
const sampleJobs = 50;
const idsPerRead = 100;

/** Counts the jobs of an action and changes nothing. It stops to count after ten seconds. */
export async function previewAction(
  deps: { readonly jobs: Pick<JobStore, 'list' | 'getMany'>; readonly clock: Clock },
  input: PreviewActionInput,
): Promise<Preview> {
  const endsAt = deps.clock.now() + budgetMs;
  let preview: Preview = { matched: 0, refused: 0, complete: false, sample: [] };
  for await (const page of pagesOf(deps.jobs, input)) {
    preview = addPage(preview, page, input.action);
    if (deps.clock.now() >= endsAt) return preview;
  }
  return { ...preview, complete: true };
}

interface Page {
  readonly jobs: readonly Job[];
  readonly missing: number;
}

async function* pagesOf(
  store: Pick<JobStore, 'list' | 'getMany'>,
  { tenant, action, jobs }: PreviewActionInput,
): AsyncGenerator<Page, void> {
  if (isIds(jobs)) {
    for (let start = 0; start < jobs.length; start += idsPerRead) {
      const ids = jobs.slice(start, start + idsPerRead);
      const found = await store.getMany(tenant, ids);
      yield { jobs: found, missing: ids.length - found.length };
    }
    return;
  }
  const order = action === 'delete' ? 'desc' : 'asc';
  let after: string | undefined;
  do {
    const page: JobPage = await store.list({
      tenant,
      ...jobs,
      order,
      limit: pageJobs,
      ...omitUndefined({ after }),
    });
    yield { jobs: page.jobs, missing: 0 };
    after = page.next;
  } while (after !== undefined);
}

function isIds(jobs: PreviewActionInput['jobs']): jobs is readonly string[] {
  return Array.isArray(jobs);
}

function addPage(preview: Preview, { jobs, missing }: Page, action: JobsAction): Preview {
  return {
    ...preview,
    matched: preview.matched + jobs.length + missing,
    refused: preview.refused + missing + jobs.filter((job) => !allows(job, action)).length,
    sample: [...preview.sample, ...jobs].slice(0, sampleJobs),
  };
}

function allows({ status }: Job, action: JobsAction): boolean {
  switch (action) {
    case 'abort':
      return stateTable[status].abort !== 'refused';
    case 'delete':
      return stateTable[status].deletable;
    case 'rerun':
      return isTerminal(status);
    case 'tag':
      return true;
  }
}
