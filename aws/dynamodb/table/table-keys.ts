import type { QueuedJob } from '../../../core/ports/capacity-queues.ts';
import type { IdempotencyKey } from '../../../core/ports/idempotency-store.ts';
import type { CounterKey } from '../../../core/ports/job-counters.ts';
import type { JobLink, LinkEnd, LinkKind } from '../../../core/ports/job-links.ts';
import type { JobKey } from '../../../core/ports/job-store.ts';
import type { ReusableKey } from '../../../core/ports/reuse/reusable-results.ts';
import type { ServiceKey } from '../../../core/ports/service-store.ts';
import { digest } from '../../../core/std/digest.ts';
import { readText } from './item-attributes.ts';
import type { Item } from './table.ts';

/**
 * The keys of every record in the table; `data-keys.ts` contains those of data objects. Tenants contain no `#`.
 *
 * | record          | pk                                 | sk                   |
 * |-----------------|------------------------------------|----------------------|
 * | job             | `T#<tenant>`                       | `J#<uuid>`           |
 * | service         | `T#<tenant>`                       | `S#<name>#<version>` |
 * | replaced definition of a development version | `T#<tenant>` | `V#<name>#<version>#<SHA-256, base64url>` |
 * | API key         | `K#<hash>`                         | `K`                  |
 * | sub-job of a job | `T#<tenant>`                      | `C#<parent>#<child>` |
 * | dependent of a job | `T#<tenant>`                    | `D#<dependency>#<dependent>` |
 * | rerun of a job  | `T#<tenant>`                       | `R#<job>#<rerun>` |
 * | reuse of a result | `T#<tenant>`                     | `P#<job>#<job with the reused result>` |
 * | use of a data object | `T#<tenant>`                  | `I#<data object>#<job>` |
 * | idempotency key | `I#<tenant>#<SHA-256, base64url>`  | `I`                  |
 * | reusable result | `Q#<tenant>#<content digest>`      | `Q`                  |
 * | long polls      | `HELD#<shard>`                     | `H`                  |
 * | account's limit | `ACCOUNT`                          | `CONCURRENCY`        |
 * | retention       | `RETENTION`                        | `ROUND`, or `T#<tenant>` |
 * | tag of a job    | `T#<tenant>`                       | `G#<SHA-256 of the tag, base64url>#<uuid>` |
 * | group of a job  | `T#<tenant>`                       | `GR#<SHA-256 of the group, base64url>#<uuid>` |
 * | name of a job   | `T#<tenant>`                       | `N#<name>#<uuid>`, unless the job is found by its service (job-labels.ts) |
 * | data object     | `T#<tenant>`                       | `O#<uuid>`           |
 * | tag of a data object | `T#<tenant>`                  | `OT#<SHA-256 of the tag, base64url>#<uuid>` |
 * | name of a data object | `T#<tenant>`                 | `ON#<first 984 bytes of the name>#<uuid>` |
 * | data object of a job | `T#<tenant>`                  | `Y#<job>#<uuid>`     |
 * | operation       | `T#<tenant>`                       | `X#<uuid>`, its parts `XC#` and `XR#` (operation-keys.ts) |
 * | indexed metadata of a job | `T#<tenant>`    | `M#<member>#<value>#<uuid>` (metadata-keys.ts) |
 * | tenant          | `TENANTS`                          | `<tenant>`           |
 * | counter         | `U#<tenant>`                       | `<service name>#<day>` |
 * | group           | `GROUPS#<tenant>`                  | `G#<name>` (group-keys.ts) |
 * | entry of the event log | `E#<tenant>`              | `<number, 16 digits>` |
 * | number of the first entry of the event log | `E#<tenant>` | `FIRST` |
 * | congested target | `CONGESTED`                       | `<target>` |
 * | job that waits for capacity | `W#<target>`           | `<tenant>#<9999 less its priority>#<uuid>` |
 */
export const jobPrefix = 'J#';
export const servicePrefix = 'S#';
/** The rank of a queued job with priority 0; a higher priority has a lower rank. */
const lastRank = 9999;

/**
 * Returns the partition of all records that a tenant owns, except counters, idempotency keys, reusable
 * results and queue entries.
 */
export function tenantPartition(tenant: string): string {
  return `T#${tenant}`;
}

/** Returns the primary key of a job. */
export function jobItemKey({ tenant, jobId }: JobKey): Item {
  return { pk: { S: tenantPartition(tenant) }, sk: { S: jobPrefix + jobId } };
}

/** Reads the key of a job from an item or an index entry; throws for other items. */
export function readJobKey(item: Item): JobKey {
  const partition = readText(item, 'pk');
  const sort = readText(item, 'sk');
  if (!partition.startsWith('T#') || !sort.startsWith(jobPrefix)) {
    throw new Error(`${partition} ${sort} is not the key of a job`);
  }
  return { tenant: partition.slice('T#'.length), jobId: sort.slice(jobPrefix.length) };
}

const linkLetters: Readonly<Record<LinkKind, string>> = {
  child: 'C',
  dependent: 'D',
  rerun: 'R',
  reuse: 'P',
  use: 'I',
};

/** Returns the prefix of the sort keys of all links of one kind of a job or a data object. */
export function linkPrefix({ kind, anchorId }: Pick<LinkEnd, 'kind' | 'anchorId'>): string {
  return `${linkLetters[kind]}#${anchorId}#`;
}

/** Returns the primary key of a link. */
export function linkItemKey({ tenant, jobId, ...end }: Omit<JobLink, 'madeAt'>): Item {
  return { pk: { S: tenantPartition(tenant) }, sk: { S: linkPrefix(end) + jobId } };
}

/** Reads the ID of the job that a link leads to. */
export function linkedJobId(item: Item): string {
  return readText(item, 'sk').split('#')[2] ?? '';
}

/** Returns the primary key of a service version. */
export function serviceItemKey(tenant: string, name: string, version: string): Item {
  return { pk: { S: tenantPartition(tenant) }, sk: { S: `${servicePrefix}${name}#${version}` } };
}

/** Reads the key of a service version from an item; throws for other items. */
export function readServiceKey(item: Item): ServiceKey {
  const partition = readText(item, 'pk');
  const sort = readText(item, 'sk');
  const [prefix, name = '', version = ''] = sort.split('#');
  if (!partition.startsWith('T#') || prefix !== 'S' || version === '') {
    throw new Error(`${partition} ${sort} is not the key of a service`);
  }
  return { tenant: partition.slice('T#'.length), name, version };
}

/** Returns the primary key of a replaced definition. */
export function definitionItemKey({ tenant, name, version }: ServiceKey, definitionDigest: string): Item {
  return {
    pk: { S: tenantPartition(tenant) },
    sk: { S: `V#${name}#${version}#${definitionDigest}` },
  };
}

/** Returns the primary key of an API key. */
export function apiKeyItemKey(hash: string): Item {
  return { pk: { S: `K#${hash}` }, sk: { S: 'K' } };
}

/**
 * Returns the primary key of a remembered request. Each has its own partition, so that a busy tenant makes
 * none hot.
 */
export function idempotencyItemKey({ tenant, key }: IdempotencyKey): Item {
  return { pk: { S: `I#${tenant}#${digest(key)}` }, sk: { S: 'I' } };
}

/** Returns the primary key of a reusable result. */
export function reusableResultItemKey({ tenant, contentDigest }: ReusableKey): Item {
  return { pk: { S: `Q#${tenant}#${contentDigest}` }, sk: { S: 'Q' } };
}

/**
 * Returns the primary key of a shard of leases. Each has its own partition, because every long poll writes it
 * twice.
 */
export function longPollsItemKey(shard: number): Item {
  return { pk: { S: `HELD#${shard}` }, sk: { S: 'H' } };
}

/** Returns the primary key of the account's concurrency limit. */
export function accountLimitItemKey(): Item {
  return { pk: { S: 'ACCOUNT' }, sk: { S: 'CONCURRENCY' } };
}

/** Returns the primary key of the retention's progress for a tenant, or of its round over all tenants. */
export function retentionItemKey(tenant?: string): Item {
  return { pk: { S: 'RETENTION' }, sk: { S: tenant === undefined ? 'ROUND' : `T#${tenant}` } };
}

/** Returns the prefix of the sort keys of all jobs with a tag. */
export function tagPrefix(tag: string): string {
  return `G#${digest(tag)}#`;
}

/** Returns the prefix of the sort keys of all jobs in a group. */
export function groupPrefix(group: string): string {
  return `GR#${digest(group)}#`;
}

/**
 * Returns the prefix of the sort keys of all jobs with a name prefix. A name may contain `#`; an ID has 36
 * characters.
 */
export function namePrefixKey(namePrefix: string): string {
  return `N#${namePrefix}`;
}

/** Returns the primary key of a label, such as a tag, by which records are found. */
export function labelItemKey(tenant: string, sort: string): Item {
  return { pk: { S: tenantPartition(tenant) }, sk: { S: sort } };
}

/**
 * Returns the partition of a tenant's counters. It is separate, because it is written at the end of each job.
 */
export function countersPartition(tenant: string): string {
  return `U#${tenant}`;
}

/** Returns the primary key of the counter of a service and a day. */
export function counterItemKey({ tenant, service, day }: CounterKey): Item {
  return { pk: { S: countersPartition(tenant) }, sk: { S: `${service}#${day}` } };
}

/** Reads the key of a counter from an item; throws for other items. */
export function readCounterKey(item: Item): CounterKey {
  const partition = readText(item, 'pk');
  const sort = readText(item, 'sk');
  const [service = '', day] = sort.split('#');
  if (!partition.startsWith('U#') || day === undefined) {
    throw new Error(`${partition} ${sort} is not the key of a counter`);
  }
  return { tenant: partition.slice('U#'.length), service, day };
}

/**
 * Returns the partition of a tenant's event log. It is separate, because it is written at every transition of a
 * job.
 */
export function eventLogPartition(tenant: string): string {
  return `E#${tenant}`;
}

/** Enough digits for every safe integer. */
const logNumberDigits = 16;

/** Returns the sort key of an entry of the event log; as text, the keys have the order of the numbers. */
export function logEntrySort(number: number): string {
  return String(number).padStart(logNumberDigits, '0');
}

/** Returns the primary key of an entry of the event log. */
export function logEntryItemKey(tenant: string, number: number): Item {
  return { pk: { S: eventLogPartition(tenant) }, sk: { S: logEntrySort(number) } };
}

/** Returns the primary key of the number of a log's first entry; it sorts after all entries. */
export function firstNumberItemKey(tenant: string): Item {
  return { pk: { S: eventLogPartition(tenant) }, sk: { S: 'FIRST' } };
}

/** The partition of all tenants that ever had a job. */
export const tenantsPartition = 'TENANTS';

/** Returns the primary key of a tenant's entry. */
export function tenantItemKey(tenant: string): Item {
  return { pk: { S: tenantsPartition }, sk: { S: tenant } };
}

/** The partition of all congested targets. */
export const congestedPartition = 'CONGESTED';

/** Returns the primary key of a congested target. */
export function congestionItemKey(target: string): Item {
  return { pk: { S: congestedPartition }, sk: { S: target } };
}

/** Returns the partition of the jobs that wait for capacity of a target. */
export function queuePartition(target: string): string {
  return `W#${target}`;
}

/**
 * Returns the primary key of a job that waits for capacity; a tenant's jobs are sorted by the order of their
 * turns.
 */
export function queuedJobItemKey(target: string, { tenant, priority, jobId }: QueuedJob): Item {
  const rank = String(lastRank - priority).padStart(4, '0');
  return { pk: { S: queuePartition(target) }, sk: { S: `${tenant}#${rank}#${jobId}` } };
}

/** Reads the queued job from an item; throws for other items. */
export function readQueuedJob(item: Item): QueuedJob {
  const [tenant = '', rank = '', jobId] = readText(item, 'sk').split('#');
  if (jobId === undefined) throw new Error(`${readText(item, 'sk')} is not the key of a queued job`);
  return { tenant, priority: lastRank - Number(rank), jobId };
}
