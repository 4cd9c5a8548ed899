import { isTerminal, type JobStatus, jobStatuses } from '../../../core/contract/job-state.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { timeInId } from '../../../core/jobs/model/job-id.ts';
import type { JobFilter, JobListQuery } from '../../../core/ports/job-store.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import {
  childrenPartition,
  type IdPartition,
  servicedPartition,
  statusPartitions,
  taggedPartition,
} from './id-partition.ts';

type FilterName = keyof JobFilter;

/** How a list is read: by ids, from the tenant's part of the table, from partitions that are merged, or by names. */
export type JobListSource =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'table' }
  | { readonly kind: 'partitions'; readonly partitions: readonly IdPartition[] }
  | { readonly kind: 'names'; readonly namePrefix: string };

export interface JobListPlan {
  readonly source: JobListSource;
  /** True when the source also gives jobs that were not asked for. */
  readonly filtered: boolean;
}

/** What a list asks for in fact: no empty filter, none that lets everything through. */
function effectiveFilter({ statuses, services, ...filter }: JobFilter): JobFilter {
  const some = <Value>(values: readonly Value[] | undefined, all = Number.POSITIVE_INFINITY) => {
    const distinct = [...new Set(values)];
    return distinct.length > 0 && distinct.length < all ? distinct : undefined;
  };
  const [wanted, named] = [some(statuses, jobStatuses.length), some(services)];
  return {
    ...filter,
    ...omitUndefined({ statuses: wanted, services: named }),
  };
}

/**
 * Picks the source that usually gives least beyond what is asked for: given ids, the parts of a job, the jobs with a
 * tag, those in states that are rare, those of services, those with a name, and last the table. `succeeded` is in no
 * index, being what most jobs are.
 */
export function planJobList(query: JobListQuery): JobListPlan {
  const { tenant, limit: _limit, order: _order, after: _after, ...asked } = query;
  const filter = effectiveFilter(asked);
  const { source, serves } = pickSource(tenant, filter);
  const served: readonly FilterName[] =
    source.kind === 'names' ? serves : [...serves, 'createdAfter', 'createdBefore'];
  const rest = (Object.keys(filter) as FilterName[]).filter((name) => !served.includes(name)); // its own keys
  return { source, filtered: rest.length > 0 };
}

interface PickedSource {
  readonly source: JobListSource;
  /** The filters that the source itself applies. */
  readonly serves: readonly FilterName[];
}

function pickSource(tenant: string, filter: JobFilter): PickedSource {
  const { ids, parentId, tag, statuses, services, namePrefix } = filter;
  if (ids !== undefined) return { source: { kind: 'ids', ids }, serves: ['ids'] };
  if (parentId !== undefined) return fromPartitions([childrenPartition(tenant, parentId)], ['parentId']);
  if (tag !== undefined) return fromPartitions([taggedPartition(tenant, tag)], ['tag']);
  if (statuses !== undefined && !statuses.includes('succeeded')) {
    return fromPartitions(
      statusPartitions(tenant, statuses),
      takesPartOfActive(statuses) ? [] : ['statuses'],
    );
  }
  if (services !== undefined) return fromServices(tenant, services, namePrefix);
  if (namePrefix !== undefined) return { source: { kind: 'names', namePrefix }, serves: ['namePrefix'] };
  return { source: { kind: 'table' }, serves: [] };
}

function fromPartitions(partitions: readonly IdPartition[], serves: readonly FilterName[]): PickedSource {
  return { source: { kind: 'partitions', partitions }, serves };
}

/** Of a service whose name does not begin as asked, only jobs with another name can be wanted. */
function fromServices(tenant: string, services: readonly string[], namePrefix = ''): PickedSource {
  const partitions = services.flatMap((name) => [
    ...(name.startsWith(namePrefix) ? [servicedPartition(tenant, name, 'default')] : []),
    servicedPartition(tenant, name, 'named'),
  ]);
  return fromPartitions(partitions, ['services']);
}

/** True when some states that share the partitions of what has not ended are wanted and others are not. */
function takesPartOfActive(statuses: readonly JobStatus[]): boolean {
  const active = jobStatuses.filter((status) => !isTerminal(status));
  const count = active.filter((status) => statuses.includes(status)).length;
  return count > 0 && count < active.length;
}

/** Whether a job, as it was read, is one that the list asks for; an empty filter asks for all. */
export function isListed(job: Job, filter: JobFilter): boolean {
  const { ids, parentId, tag, statuses, services, serviceVersion, namePrefix } = effectiveFilter(filter);
  const createdAt = timeInId(job.id);
  return (
    (ids === undefined || ids.includes(job.id)) &&
    (parentId === undefined || job.parentId === parentId) &&
    (tag === undefined || job.tags.includes(tag)) &&
    (statuses === undefined || statuses.includes(job.status)) &&
    (services === undefined || services.includes(job.service?.name ?? '')) &&
    (serviceVersion === undefined || job.service?.version === serviceVersion) &&
    (namePrefix === undefined || job.name.startsWith(namePrefix)) &&
    (filter.createdAfter === undefined || createdAt >= filter.createdAfter) &&
    (filter.createdBefore === undefined || createdAt < filter.createdBefore)
  );
}
