import type { QueuedJob } from '../../../core/ports/capacity-queues.ts';
import type { IdempotencyKey } from '../../../core/ports/idempotency-store.ts';
import type { CounterKey } from '../../../core/ports/job-counters.ts';
import type { JobLink, LinkEnd, LinkKind } from '../../../core/ports/job-links.ts';
import type { JobKey } from '../../../core/ports/job-store.ts';
import type { ServiceKey } from '../../../core/ports/service-store.ts';
import { digest } from '../../../core/std/digest.ts';
import { readText } from './item-attributes.ts';
import type { Item } from './table.ts';

/**
 * The keys of every record in the table. Tenants hold no `#`.
 *
 * | record          | pk                                 | sk                   |
 * |-----------------|------------------------------------|----------------------|
 * | job             | `T#<tenant>`                       | `J#<uuid>`           |
 * | service         | `T#<tenant>`                       | `S#<name>#<version>` |
 * | API key         | `K#<hash>`                         | `K`                  |
 * | sub-job of a job | `T#<tenant>`                      | `C#<parent>#<child>` |
 * | job that needs one | `T#<tenant>`                    | `D#<needed>#<dependent>` |
 * | idempotency key | `I#<tenant>#<SHA-256, base64url>`  | `I`                  |
 * | held calls      | `HELD#<shard>`                     | `H`                  |
 * | account's limit | `ACCOUNT`                          | `CONCURRENCY`        |
 * | retention       | `RETENTION`                        | `ROUND`, or `T#<tenant>` |
 * | tag of a job    | `T#<tenant>`                       | `G#<SHA-256 of the tag, base64url>#<uuid>` |
 * | name of a job   | `T#<tenant>`                       | `N#<name>#<uuid>`, unless it is that of a service which stays |
 * | tenant          | `TENANTS`                          | `<tenant>`           |
 * | counter         | `U#<tenant>`                       | `<service name>#<day>` |
 * | congested target | `CONGESTED`                       | `<target>` |
 * | job that waits for capacity | `W#<target>`           | `<tenant>#<9999 less its priority>#<uuid>` |
 */
export const jobPrefix = 'J#';
export const servicePrefix = 'S#';

/** Partition of everything that a tenant owns. */
export function tenantPartition(tenant: string): string {
  return `T#${tenant}`;
}

/** Primary key of a job. */
export function jobItemKey({ tenant, jobId }: JobKey): Item {
  return { pk: { S: tenantPartition(tenant) }, sk: { S: jobPrefix + jobId } };
}

/** The job that an item or an index entry belongs to; throws when it is no job's. */
export function readJobKey(item: Item): JobKey {
  const [partition, sort] = [readText(item, 'pk'), readText(item, 'sk')];
  if (!partition.startsWith('T#') || !sort.startsWith(jobPrefix)) {
    throw new Error(`${partition} ${sort} is not the key of a job`);
  }
  return { tenant: partition.slice('T#'.length), jobId: sort.slice(jobPrefix.length) };
}

const linkLetters: Readonly<Record<LinkKind, string>> = { child: 'C', dependent: 'D' };

/** What the sort keys of all links of one end begin with. */
export function linkPrefix({ kind, of }: Pick<LinkEnd, 'kind' | 'of'>): string {
  return `${linkLetters[kind]}#${of}#`;
}

/** Primary key of a link between two jobs. */
export function linkItemKey({ tenant, jobId, ...end }: Omit<JobLink, 'madeAt'>): Item {
  return { pk: { S: tenantPartition(tenant) }, sk: { S: linkPrefix(end) + jobId } };
}

/** The job that a link leads to: the child, or the one that needs the other. */
export function linkedJobId(item: Item): string {
  return readText(item, 'sk').split('#')[2] ?? '';
}

/** Primary key of a service version. */
export function serviceItemKey(tenant: string, name: string, version: string): Item {
  return { pk: { S: tenantPartition(tenant) }, sk: { S: `${servicePrefix}${name}#${version}` } };
}

/** The service version that an item belongs to; throws when it is none. */
export function readServiceKey(item: Item): ServiceKey {
  const [partition, sort] = [readText(item, 'pk'), readText(item, 'sk')];
  const [prefix, name = '', version = ''] = sort.split('#');
  if (!partition.startsWith('T#') || prefix !== 'S' || version === '') {
    throw new Error(`${partition} ${sort} is not the key of a service`);
  }
  return { tenant: partition.slice('T#'.length), name, version };
}

/** Primary key of an API key. */
export function apiKeyItemKey(hash: string): Item {
  return { pk: { S: `K#${hash}` }, sk: { S: 'K' } };
}

/** Primary key of what is remembered of a request: a partition of its own, so that no tenant's requests make a hot one. */
export function idempotencyItemKey({ tenant, key }: IdempotencyKey): Item {
  return { pk: { S: `I#${tenant}#${digest(key)}` }, sk: { S: 'I' } };
}

/** Primary key of a shard of the leases of held calls: a partition of its own, since each held call writes it twice. */
export function longPollsItemKey(shard: number): Item {
  return { pk: { S: `HELD#${shard}` }, sk: { S: 'H' } };
}

/** Primary key of what the account allows. */
export function accountLimitItemKey(): Item {
  return { pk: { S: 'ACCOUNT' }, sk: { S: 'CONCURRENCY' } };
}

/** Primary key of what the retention has read of a tenant, or of how far its round over all tenants has come. */
export function retentionItemKey(tenant?: string): Item {
  return { pk: { S: 'RETENTION' }, sk: { S: tenant === undefined ? 'ROUND' : `T#${tenant}` } };
}

/** What the sort keys of all jobs with a tag begin with. */
export function tagPrefix(tag: string): string {
  return `G#${digest(tag)}#`;
}

/** What the sort keys of all jobs begin with whose name begins so; a name may hold `#`, an id has 36 characters. */
export function namePrefixKey(namePrefix: string): string {
  return `N#${namePrefix}`;
}

/** Primary key of a label, such as a tag, by which jobs are found. */
export function labelItemKey(tenant: string, sort: string): Item {
  return { pk: { S: tenantPartition(tenant) }, sk: { S: sort } };
}

/** Partition of a tenant's counters: one of its own, since it is written with the end of each job. */
export function countersPartition(tenant: string): string {
  return `U#${tenant}`;
}

/** Primary key of the counter of a service and a day. */
export function counterItemKey({ tenant, service, day }: CounterKey): Item {
  return { pk: { S: countersPartition(tenant) }, sk: { S: `${service}#${day}` } };
}

/** The counter that an item is; throws when it is none. */
export function readCounterKey(item: Item): CounterKey {
  const [partition, sort] = [readText(item, 'pk'), readText(item, 'sk')];
  const [service = '', day] = sort.split('#');
  if (!partition.startsWith('U#') || day === undefined) {
    throw new Error(`${partition} ${sort} is not the key of a counter`);
  }
  return { tenant: partition.slice('U#'.length), service, day };
}

/** Partition of the tenants that ever had a job. */
export const tenantsPartition = 'TENANTS';

/** Primary key of a tenant's entry. */
export function tenantItemKey(tenant: string): Item {
  return { pk: { S: tenantsPartition }, sk: { S: tenant } };
}

/** Partition of all targets that are congested. */
export const congestedPartition = 'CONGESTED';

/** Primary key of what is known of a congested target. */
export function congestionItemKey(target: string): Item {
  return { pk: { S: congestedPartition }, sk: { S: target } };
}

/** Partition of the jobs that wait for capacity of a target. */
export function queuePartition(target: string): string {
  return `W#${target}`;
}

/** Primary key of a job that waits for capacity: within its tenant in the order of its turn. */
export function queuedJobItemKey(target: string, { tenant, priority, jobId }: QueuedJob): Item {
  const rank = String(lastRank - priority).padStart(4, '0');
  return { pk: { S: queuePartition(target) }, sk: { S: `${tenant}#${rank}#${jobId}` } };
}

/** The job of an item of a queue. */
export function readQueuedJob(item: Item): QueuedJob {
  const [tenant = '', rank = '', jobId] = readText(item, 'sk').split('#');
  if (jobId === undefined) throw new Error(`${readText(item, 'sk')} is not the key of a queued job`);
  return { tenant, priority: lastRank - Number(rank), jobId };
}

const lastRank = 9999;
