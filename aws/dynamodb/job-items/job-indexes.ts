import { isTerminal, type JobStatus } from '../../../core/contract/job-state.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { timeInId } from '../../../core/jobs/model/job-id.ts';
import {
  number,
  presentAttributes,
  readOptionalNumber,
  readOptionalText,
  text,
} from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { dueShard } from './due-shard.ts';

/**
 * The table's indexes, all with keys only. A job that ends before anybody had to look at it is written to `live` once
 * in and once out and never to `due`: see `isNew`. No index key changes while a job runs, so that a claim costs one
 * write unit.
 *
 * | index     | partition key | sort key  | holds                                                                |
 * |-----------|---------------|-----------|----------------------------------------------------------------------|
 * | `due`     | `due` S       | `dueAt` N | jobs that somebody must look at, but for the new ones                |
 * | `live`    | `live` S      | `sk` S    | `<tenant>#new`, `#active`: not ended; `#failed`, `#error`, `#aborted` |
 * | `service` | `svc` S       | `sk` S    | all jobs: `<tenant>#<service>`, with `#named` those with another name |
 */
export const jobIndexes = {
  due: { name: 'due', partition: 'due', sort: 'dueAt' },
  live: { name: 'live', partition: 'live', sort: 'sk' },
  service: { name: 'service', partition: 'svc', sort: 'sk' },
} as const;

/** After so many milliseconds a new job is to be looked at, if nothing else is said: part of the layout. */
export const impliedCheckMs = 60_000;

/** Where `live` holds the jobs whose time of the first look follows from their ids, so that `due` need not hold them. */
export function newPartition(tenant: string): string {
  return `${tenant}#new`;
}

/** Partitions of `live` that hold the jobs in a state; none for `succeeded`, which that index leaves out. */
export function livePartitions(tenant: string, status: JobStatus): readonly string[] {
  if (status === 'succeeded') return [];
  return isTerminal(status) ? [`${tenant}#${status}`] : [newPartition(tenant), `${tenant}#active`];
}

/** Partition of `service` for jobs of a service that bear its name, or another one. */
export function servicePartition(tenant: string, serviceName: string, named: 'default' | 'named'): string {
  return `${tenant}#${serviceName}${named === 'named' ? '#named' : ''}`;
}

/** The attributes that put a job into the indexes. */
export function indexAttributes(job: Job): Item {
  const { nextCheckAt, service } = job;
  const named = job.name === service?.name ? 'default' : 'named';
  const svc = text(service && servicePartition(job.tenant, service.name, named));
  if (isNew(job)) return presentAttributes({ live: text(newPartition(job.tenant)), svc });
  return presentAttributes({
    due: nextCheckAt === undefined ? undefined : text(dueShard(job.id)),
    dueAt: number(nextCheckAt),
    live: text(livePartitions(job.tenant, job.status).at(-1)),
    svc,
  });
}

/** Whether a job that has not ended is still to be looked at for the first time, at the moment that its id implies. */
function isNew({ id, status, nextCheckAt }: Job): boolean {
  return !isTerminal(status) && nextCheckAt === timeInId(id) + impliedCheckMs;
}

/** Whether an item is among the new jobs of its tenant, who must be known for it to be looked at. */
export function isInNew(item: Item): boolean {
  return readOptionalText(item, 'live')?.endsWith('#new') === true;
}

/** When somebody must look at the job of an item, told or implied; undefined when nobody need. */
export function readDueAt(item: Item, jobId: string): number | undefined {
  const told = readOptionalNumber(item, 'dueAt');
  if (told !== undefined) return told;
  return readOptionalText(item, 'live')?.endsWith('#new') ? timeInId(jobId) + impliedCheckMs : undefined;
}

/** The name of the service that an item's key of `service` holds; undefined when it has none. */
export function readServiceName(item: Item, tenant: string): string | undefined {
  return readOptionalText(item, 'svc')
    ?.slice(tenant.length + 1)
    .replace(/#named$/, '');
}
