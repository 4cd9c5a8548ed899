import { isTerminal, type JobStatus, jobStatuses } from '../../../core/contract/job-state.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { JobFilter, JobListQuery } from '../../../core/ports/job-store.ts';
import { timeInId } from '../../../core/std/id-time.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import {
  childrenPartition,
  groupedPartition,
  type IdPartition,
  metadataPartitions,
  servicedPartition,
  statusPartitions,
  taggedPartition,
} from './id-partition.ts';
import { type MetadataRange, meetsCondition } from './metadata-condition.ts';

type FilterName = keyof JobFilter;

/**
 * How a list is read: by IDs, from the tenant's part of the table, from merged partitions, by names, or by the
 * numbers in a member of the metadata.
 */
export type JobListSource =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'table' }
  | { readonly kind: 'partitions'; readonly partitions: readonly IdPartition[] }
  | { readonly kind: 'names'; readonly namePrefix: string }
  | { readonly kind: 'values'; readonly range: MetadataRange };

export interface JobListPlan {
  readonly source: JobListSource;
  /** True when the source may also return jobs that do not match the filter. */
  readonly filtered: boolean;
}

/** Removes filters without effect: empty ones, and those that match every job. */
function effectiveFilter({ statuses, services, metadata, ...filter }: JobFilter): JobFilter {
  const selective = <Value>(values: readonly Value[] | undefined, all = Number.POSITIVE_INFINITY) => {
    const distinct = [...new Set(values)];
    return distinct.length > 0 && distinct.length < all ? distinct : undefined;
  };

  return {
    ...filter,
    ...omitUndefined({
      statuses: selective(statuses, jobStatuses.length),
      services: selective(services),
      metadata: selective(metadata),
    }),
  };
}

/**
 * Selects the source that usually returns the fewest jobs beyond the requested ones, in this order: IDs,
 * sub-jobs of a job, value in the metadata, group, tag, range in the metadata, rare states, services, name prefix, and
 * finally the table. `succeeded` is in no index, because most jobs are in this state.
 */
export function planJobList(query: JobListQuery): JobListPlan {
  const { tenant, limit: _limit, order: _order, after: _after, ...filters } = query;
  const filter = effectiveFilter(filters);
  const { source, applies } = pickSource(tenant, filter);
  const isInOtherOrder = source.kind === 'names' || source.kind === 'values';
  const applied: readonly FilterName[] = isInOtherOrder
    ? applies
    : [...applies, 'createdAfter', 'createdBefore'];
  const rest = (Object.keys(filter) as FilterName[]).filter((name) => !applied.includes(name)); // its own keys
  return { source, filtered: rest.length > 0 };
}

interface PickedSource {
  readonly source: JobListSource;
  /** The filters that the source itself applies. */
  readonly applies: readonly FilterName[];
}

function pickSource(tenant: string, filter: JobFilter): PickedSource {
  const { ids, parentId, tag, group, metadata = [], statuses, services, namePrefix } = filter;
  if (ids !== undefined) return { source: { kind: 'ids', ids }, applies: ['ids'] };
  if (parentId !== undefined) return fromPartitions([childrenPartition(tenant, parentId)], ['parentId']);
  const metadataFilter: readonly FilterName[] = metadata.length > 1 ? [] : ['metadata'];
  const equality = metadata.find((condition) => condition.kind === 'equals');
  if (equality !== undefined)
    return fromPartitions(metadataPartitions(tenant, equality.name, equality.values), metadataFilter);
  if (group !== undefined) return fromPartitions([groupedPartition(tenant, group)], ['group']);
  if (tag !== undefined) return fromPartitions([taggedPartition(tenant, tag)], ['tag']);
  const range = metadata.find((condition) => condition.kind === 'range');
  if (range !== undefined) return { source: { kind: 'values', range }, applies: metadataFilter };
  if (statuses !== undefined && !statuses.includes('succeeded')) {
    return fromPartitions(
      statusPartitions(tenant, statuses),
      selectsSomeActive(statuses) ? [] : ['statuses'],
    );
  }
  if (services !== undefined) return fromServices(tenant, services, namePrefix);
  if (namePrefix !== undefined) return { source: { kind: 'names', namePrefix }, applies: ['namePrefix'] };
  return { source: { kind: 'table' }, applies: [] };
}

function fromPartitions(partitions: readonly IdPartition[], applies: readonly FilterName[]): PickedSource {
  return { source: { kind: 'partitions', partitions }, applies };
}

/** If the name of a service does not have the prefix, only its jobs with another name can match. */
function fromServices(tenant: string, services: readonly string[], namePrefix = ''): PickedSource {
  const partitions = services.flatMap((name) => [
    ...(name.startsWith(namePrefix) ? [servicedPartition(tenant, name, 'default')] : []),
    servicedPartition(tenant, name, 'named'),
  ]);
  return fromPartitions(partitions, ['services']);
}

/** Whether the states include some but not all of the non-terminal states, which share their partitions. */
function selectsSomeActive(statuses: readonly JobStatus[]): boolean {
  const active = jobStatuses.filter((status) => !isTerminal(status));
  const count = active.filter((status) => statuses.includes(status)).length;
  return count > 0 && count < active.length;
}

/** Returns whether a job in its current state matches a filter; an empty filter matches all jobs. */
export function matchesFilter(job: Job, filter: JobFilter): boolean {
  const { ids, parentId, tag, group, metadata, statuses, services, serviceVersion, namePrefix } =
    effectiveFilter(filter);
  const createdAt = timeInId(job.id);
  return (
    (ids === undefined || ids.includes(job.id)) &&
    (parentId === undefined || job.parentId === parentId) &&
    (tag === undefined || job.tags.includes(tag)) &&
    (group === undefined || job.group === group) &&
    (metadata === undefined || metadata.every((condition) => meetsCondition(job, condition))) &&
    (statuses === undefined || statuses.includes(job.status)) &&
    (services === undefined || services.includes(job.service?.name ?? '')) &&
    (serviceVersion === undefined || job.service?.version === serviceVersion) &&
    (namePrefix === undefined || job.name.startsWith(namePrefix)) &&
    (filter.createdAfter === undefined || createdAt >= filter.createdAfter) &&
    (filter.createdBefore === undefined || createdAt < filter.createdBefore)
  );
}
