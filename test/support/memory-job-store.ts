import type { Job } from '../../core/jobs/job.ts';
import type { JobKey, JobListQuery, JobPage, JobStore } from '../../core/ports/job-store.ts';

/** The in-memory twin of the job store: exact lists, no cost. */
export function memoryJobStore(): JobStore {
  const jobs = new Map<string, Job>();
  return {
    async insert(job) {
      if (jobs.has(keyOf(job))) return 'exists';
      jobs.set(keyOf(job), structuredClone(job));
      return 'inserted';
    },
    async get({ tenant, jobId }) {
      return structuredClone(jobs.get(keyOf({ tenant, id: jobId })));
    },
    async replace(job, expectedVersion) {
      if (jobs.get(keyOf(job))?.version !== expectedVersion) return 'conflict';
      jobs.set(keyOf(job), structuredClone(job));
      return 'replaced';
    },
    list: async (query) => pageOf([...jobs.values()], query),
    listDue: async (now, limit) => dueOf([...jobs.values()], now).slice(0, limit),
  };
}

function keyOf({ tenant, id }: { readonly tenant: string; readonly id: string }): string {
  return `${tenant}#${id}`;
}

function pageOf(jobs: readonly Job[], query: JobListQuery): JobPage {
  const { statuses = [], services = [], beforeId } = query;
  const listed = jobs
    .filter((job) => job.tenant === query.tenant)
    .filter((job) => statuses.length === 0 || statuses.includes(job.status))
    .filter((job) => services.length === 0 || services.includes(job.service.name))
    .filter((job) => beforeId === undefined || job.id < beforeId)
    .sort((left, right) => (left.id < right.id ? 1 : -1));
  const page = structuredClone(listed.slice(0, query.limit));
  const last = page.at(-1);
  return {
    jobs: page,
    ...(last !== undefined && listed.length > page.length ? { nextBeforeId: last.id } : {}),
  };
}

function dueOf(jobs: readonly Job[], now: number): readonly JobKey[] {
  return jobs
    .flatMap(({ tenant, id, dueAt }) =>
      dueAt === undefined || dueAt > now ? [] : [{ tenant, jobId: id, dueAt }],
    )
    .sort((left, right) => left.dueAt - right.dueAt)
    .map(({ tenant, jobId }) => ({ tenant, jobId }));
}
