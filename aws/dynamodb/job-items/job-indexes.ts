import { isTerminal, type JobStatus } from '../../../core/contract/job-state.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { timeInId } from '../../../core/std/id-time.ts';
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
 * The table's indexes, all with keys only. A new job is in `live` instead of `due`, as long as the time of its
 * first check follows from its ID (`awaitsDefaultFirstCheck`). So a job that succeeds before its first check
 * costs three index writes: two add it to `live` and `service`, one removes it from `live`. A job that ends
 * otherwise moves to another partition of `live`, which takes two writes instead of one. No index key changes
 * when a job is claimed, so that a claim costs one write unit.
 *
 * | index     | partition key | sort key  | content                                                                |
 * |-----------|---------------|-----------|------------------------------------------------------------------------|
 * | `due`     | `due` S       | `dueAt` N | jobs that the reconciler must check, except new ones                   |
 * | `live`    | `live` S      | `sk` S    | `<tenant>#new`, `#active`: not ended; `#failed`, `#error`, `#aborted`  |
 * | `service` | `svc` S       | `sk` S    | all jobs: `<tenant>#<service>`, with `#named` those with another name  |
 */
export const jobIndexes = {
  due: { name: 'due', partition: 'due', sort: 'dueAt' },
  live: { name: 'live', partition: 'live', sort: 'sk' },
  service: { name: 'service', partition: 'svc', sort: 'sk' },
} as const;

/**
 * The default time from the creation of a job to its first check. Stored items depend on it: it must not
 * change.
 */
export const defaultFirstCheckMs = 60_000;

/**
 * Returns the partition of `live` for jobs whose first check is implied by their ID, so that they are not in
 * `due`.
 */
export function newPartition(tenant: string): string {
  return `${tenant}#new`;
}

/**
 * Returns the partitions of `live` for jobs in a state; none for `succeeded`, because those jobs are not in
 * the index.
 */
export function livePartitions(tenant: string, status: JobStatus): readonly string[] {
  if (status === 'succeeded') return [];
  return isTerminal(status) ? [`${tenant}#${status}`] : [newPartition(tenant), `${tenant}#active`];
}

/** Returns the partition of `service` for jobs that have the name of their service, or another name. */
export function servicePartition(tenant: string, serviceName: string, nameKind: 'default' | 'named'): string {
  return `${tenant}#${serviceName}${nameKind === 'named' ? '#named' : ''}`;
}

/** Returns the attributes that place a job in the indexes. */
export function indexAttributes(job: Job): Item {
  const { nextCheckAt, service } = job;
  const nameKind = job.name === service?.name ? 'default' : 'named';
  const svc = text(service && servicePartition(job.tenant, service.name, nameKind));
  if (awaitsDefaultFirstCheck(job)) return presentAttributes({ live: text(newPartition(job.tenant)), svc });
  return presentAttributes({
    due: nextCheckAt === undefined ? undefined : text(dueShard(job.id)),
    dueAt: number(nextCheckAt),
    live: text(livePartitions(job.tenant, job.status).at(-1)),
    svc,
  });
}

/** Whether a job has not ended and is due for its first check at the time that its ID implies. */
function awaitsDefaultFirstCheck({ id, status, nextCheckAt }: Job): boolean {
  return !isTerminal(status) && nextCheckAt === timeInId(id) + defaultFirstCheckMs;
}

/** Whether an item is in its tenant's partition of new jobs, which is only read for registered tenants. */
export function isInNewPartition(item: Item): boolean {
  return readOptionalText(item, 'live')?.endsWith('#new') === true;
}

/**
 * Returns when the job of an item is to be checked, stored or implied; undefined if it need not be checked.
 */
export function readNextCheckAt(item: Item, jobId: string): number | undefined {
  const stored = readOptionalNumber(item, 'dueAt');
  if (stored !== undefined) return stored;
  return readOptionalText(item, 'live')?.endsWith('#new') ? timeInId(jobId) + defaultFirstCheckMs : undefined;
}

/** Reads the name of the service from an item's key in the `service` index; undefined when it has none. */
export function readServiceName(item: Item, tenant: string): string | undefined {
  return readOptionalText(item, 'svc')
    ?.slice(tenant.length + 1)
    .replace(/#named$/, '');
}
