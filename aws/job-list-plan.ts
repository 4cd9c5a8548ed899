import { isTerminal, type JobStatus, jobStatuses } from '../core/contract/job-state.ts';
import type { Job } from '../core/jobs/job.ts';
import type { JobListQuery } from '../core/ports/job-store.ts';
import { jobIndexes, livePartition, servicePartition } from './job-indexes.ts';

/** How a list is read: the tenant's own partition of the table, or partitions of one index merged. */
export interface JobListPlan {
  readonly source:
    | { readonly kind: 'table' }
    | {
        readonly kind: 'index';
        readonly index: (typeof jobIndexes)['live' | 'service'];
        readonly partitions: readonly string[];
      };
  /** True when the source also gives jobs that were not asked for. */
  readonly filtered: boolean;
}

/**
 * Picks the source that reads least: the index of services for service names, that of live and badly ended jobs
 * for states, and the table for everything else. `succeeded` is in no index, being what most jobs are.
 */
export function planJobList({ tenant, statuses, services }: JobListQuery): JobListPlan {
  const wanted = new Set(statuses ?? []);
  const byStatus = wanted.size > 0 && wanted.size < jobStatuses.length;
  if (services !== undefined && services.length > 0) {
    const partitions = [...new Set(services)].map((name) => servicePartition(tenant, name));
    return { source: { kind: 'index', index: jobIndexes.service, partitions }, filtered: byStatus };
  }
  if (!byStatus || wanted.has('succeeded')) return { source: { kind: 'table' }, filtered: byStatus };
  const partitions = new Set([...wanted].flatMap((status) => livePartition(tenant, status) ?? []));
  return {
    source: { kind: 'index', index: jobIndexes.live, partitions: [...partitions] },
    filtered: takesPartOfActive(wanted),
  };
}

/** True when some states that share the `active` partition are wanted and others are not. */
function takesPartOfActive(wanted: ReadonlySet<JobStatus>): boolean {
  const active = jobStatuses.filter((status) => !isTerminal(status));
  const count = active.filter((status) => wanted.has(status)).length;
  return count > 0 && count < active.length;
}

/** Whether a job, as it was read, is one that the list asks for; an empty filter asks for all. */
export function isListed(job: Job, { statuses = [], services = [] }: JobListQuery): boolean {
  return (
    (statuses.length === 0 || statuses.includes(job.status)) &&
    (services.length === 0 || services.includes(job.service.name))
  );
}
