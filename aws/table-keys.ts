import { digest } from '../core/digest.ts';
import type { IdempotencyKey } from '../core/ports/idempotency-store.ts';
import type { JobKey } from '../core/ports/job-store.ts';
import type { ServiceKey } from '../core/ports/service-store.ts';
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
 * | idempotency key | `I#<tenant>#<SHA-256, base64url>`  | `I`                  |
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
