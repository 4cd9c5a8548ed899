import { isTerminal, type JobStatus } from '../core/contract/job-state.ts';
import type { Job } from '../core/jobs/job.ts';
import { dueShard } from './due-shard.ts';
import { number, presentAttributes, text } from './item-attributes.ts';
import type { Item } from './table.ts';

/**
 * The table's indexes, all with keys only. A job that has not ended is in all three; one that succeeded only in
 * `service`. No index key changes while a job runs, so that a claim costs one write unit.
 *
 * | index     | partition key | sort key | holds                                                        |
 * |-----------|---------------|----------|--------------------------------------------------------------|
 * | `due`     | `due` S       | `dueAt` N | jobs that have not ended, by when they must be looked at     |
 * | `live`    | `live` S      | `sk` S   | jobs that have not ended or ended badly, by that             |
 * | `service` | `svc` S       | `sk` S   | all jobs, by service name                                    |
 */
export const jobIndexes = {
  due: { name: 'due', partition: 'due', sort: 'dueAt' },
  live: { name: 'live', partition: 'live', sort: 'sk' },
  service: { name: 'service', partition: 'svc', sort: 'sk' },
} as const;

/** Partition of `live` for a state; undefined for `succeeded`, which that index leaves out. */
export function livePartition(tenant: string, status: JobStatus): string | undefined {
  if (status === 'succeeded') return undefined;
  return `${tenant}#${isTerminal(status) ? status : 'active'}`;
}

/** Partition of `service` for a service name. */
export function servicePartition(tenant: string, serviceName: string): string {
  return `${tenant}#${serviceName}`;
}

/** The attributes that put a job into the indexes. */
export function indexAttributes(job: Job): Item {
  return presentAttributes({
    due: job.dueAt === undefined ? undefined : text(dueShard(job.id)),
    dueAt: number(job.dueAt),
    live: text(livePartition(job.tenant, job.status)),
    svc: text(servicePartition(job.tenant, job.service.name)),
  });
}
