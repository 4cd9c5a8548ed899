import type { JobStatus } from '../../../core/contract/job-state.ts';
import { jobIndexes, livePartitions, servicePartition } from '../job-items/job-indexes.ts';
import { metadataNumbersPrefix, metadataPrefix } from '../table/metadata-keys.ts';
import { groupPrefix, jobPrefix, linkPrefix, tagPrefix, tenantPartition } from '../table/table-keys.ts';

/** A part of the table or of an index whose sort keys consist of a prefix and an ID. */
export interface IdPartition {
  readonly tenant: string;
  /** Absent for the table itself. */
  readonly index?: (typeof jobIndexes)['live' | 'service'];
  readonly partition: string;
  /** The part of the sort keys before the ID. */
  readonly prefix: string;
  /** Reads are strongly consistent; only of the table itself. */
  readonly consistent?: true;
}

/** Returns the partition of the sub-jobs of a job. */
export function childrenPartition(tenant: string, parentId: string): IdPartition {
  const prefix = linkPrefix({ kind: 'child', anchorId: parentId });
  return { tenant, partition: tenantPartition(tenant), prefix };
}

/** Returns the partition of the jobs with a tag. */
export function taggedPartition(tenant: string, tag: string): IdPartition {
  return { tenant, partition: tenantPartition(tenant), prefix: tagPrefix(tag) };
}

/** Returns the partition of the jobs in a group. */
export function groupedPartition(tenant: string, group: string): IdPartition {
  return { tenant, partition: tenantPartition(tenant), prefix: groupPrefix(group) };
}

/** Returns the partitions of the jobs with one of the values in an indexed member of the metadata. */
export function metadataPartitions(
  tenant: string,
  name: string,
  values: readonly (string | number)[],
): readonly IdPartition[] {
  const prefixes = new Set(values.map((value) => metadataPrefix(name, value)));
  return [...prefixes].map((prefix) => ({ tenant, partition: tenantPartition(tenant), prefix }));
}

/**
 * Returns the partition of the jobs with a number in an indexed member of the metadata. In place of an ID, its
 * sort keys contain the number, `#` and the ID.
 */
export function numbersPartition(tenant: string, name: string): IdPartition {
  return { tenant, partition: tenantPartition(tenant), prefix: metadataNumbersPrefix(name) };
}

/** Returns the partitions of the jobs in the given states, which must not include `succeeded`. */
export function statusPartitions(tenant: string, statuses: Iterable<JobStatus>): readonly IdPartition[] {
  const partitions = new Set([...statuses].flatMap((status) => livePartitions(tenant, status)));
  return [...partitions].map((partition) => ({
    tenant,
    index: jobIndexes.live,
    partition,
    prefix: jobPrefix,
  }));
}

/** Returns the partition of the jobs of a service that have its name, or of those that have another name. */
export function servicedPartition(
  tenant: string,
  serviceName: string,
  nameKind: 'default' | 'named',
): IdPartition {
  const partition = servicePartition(tenant, serviceName, nameKind);
  return { tenant, index: jobIndexes.service, partition, prefix: jobPrefix };
}
