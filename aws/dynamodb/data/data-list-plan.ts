import type { DataObject } from '../../../core/data/model/data-object.ts';
import { sortableName } from '../../../core/data/model/sortable-name.ts';
import type { DataFilter, DataListQuery } from '../../../core/ports/data/data-store.ts';
import { timeInId } from '../../../core/std/id-time.ts';
import type { IdPartition } from '../lists/id-partition.ts';
import { dataTagPartition, livePartitions, mediaTypePartition, outputPartition } from './data-indexes.ts';

type FilterName = keyof DataFilter;

/** How a list is read: by IDs, from the tenant's part of the table, from merged partitions, or by names. */
export type DataListSource =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'table' }
  | { readonly kind: 'partitions'; readonly partitions: readonly IdPartition[] }
  | { readonly kind: 'names'; readonly namePrefix: string };

export interface DataListPlan {
  readonly source: DataListSource;
  /** True when the source may also return objects that do not match the filter. */
  readonly filtered: boolean;
}

/**
 * Selects the source that usually returns the fewest objects beyond the requested ones, in this order: IDs,
 * job, tag, rare status, media type, status and origin, name prefix, and finally the table. Only a name prefix
 * without another condition is read by names, because of its order.
 */
export function planDataList(query: DataListQuery): DataListPlan {
  const { tenant, limit: _limit, order: _order, after: _after, ...filter } = query;
  const given = (Object.keys(filter) as FilterName[]).filter((name) => filter[name] !== undefined); // its own keys
  const { source, applies } = pickSource(tenant, filter, given);
  const applied: readonly FilterName[] = [...applies, 'createdAfter', 'createdBefore'];
  return { source, filtered: given.some((name) => !applied.includes(name)) };
}

interface PickedSource {
  readonly source: DataListSource;
  /** The filters that the source itself applies, besides the bounds of the creation time. */
  readonly applies: readonly FilterName[];
}

function pickSource(tenant: string, filter: DataFilter, given: readonly FilterName[]): PickedSource {
  const { ids, jobId, tag, status, origin, mediaType, namePrefix } = filter;
  if (ids !== undefined) return { source: { kind: 'ids', ids }, applies: ['ids'] };
  if (jobId !== undefined) return fromPartitions([outputPartition(tenant, jobId)], ['jobId']);
  if (tag !== undefined) return fromPartitions([dataTagPartition(tenant, tag)], ['tag']);
  const byStatus = () => fromPartitions(livePartitions(tenant, { status, origin }), ['status', 'origin']);
  if (status !== undefined && status !== 'available') return byStatus();
  if (mediaType !== undefined) return fromPartitions([mediaTypePartition(tenant, mediaType)], ['mediaType']);
  if (status !== undefined || origin !== undefined) return byStatus();
  if (namePrefix !== undefined && given.length === 1) return fromNames(namePrefix);
  return { source: { kind: 'table' }, applies: [] };
}

function fromPartitions(partitions: readonly IdPartition[], applies: readonly FilterName[]): PickedSource {
  return { source: { kind: 'partitions', partitions }, applies };
}

/** The labels of names contain the sortable part of a name only. */
function fromNames(namePrefix: string): PickedSource {
  const sortable = sortableName(namePrefix);
  const applies = sortable === namePrefix ? (['namePrefix'] as const) : [];
  return { source: { kind: 'names', namePrefix: sortable }, applies };
}

/** Returns whether an object in its current state matches a filter; an empty filter matches all objects. */
export function matchesFilter(data: DataObject, filter: DataFilter): boolean {
  const { ids, jobId, tag, status, origin, mediaType, namePrefix, createdAfter, createdBefore } = filter;
  const createdAt = timeInId(data.id);
  return (
    (ids === undefined || ids.includes(data.id)) &&
    (jobId === undefined || (data.origin.kind === 'job' && data.origin.jobId === jobId)) &&
    (tag === undefined || data.tags.includes(tag)) &&
    (status === undefined || data.status === status) &&
    (origin === undefined || data.origin.kind === origin) &&
    (mediaType === undefined || data.mediaType === mediaType) &&
    (namePrefix === undefined || data.name.startsWith(namePrefix)) &&
    (createdAfter === undefined || createdAt >= createdAfter) &&
    (createdBefore === undefined || createdAt < createdBefore)
  );
}
