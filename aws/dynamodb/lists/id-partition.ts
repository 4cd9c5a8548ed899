import type { JobStatus } from '../../../core/contract/job-state.ts';
import { jobIndexes, livePartitions, servicePartition } from '../job-items/job-indexes.ts';
import { jobPrefix, linkPrefix, tagPrefix, tenantPartition } from '../table/table-keys.ts';

/** A part of the table, or of one of its indexes, whose sort keys are a prefix and the ids of jobs. */
export interface IdPartition {
  readonly tenant: string;
  /** Absent: the table itself. */
  readonly index?: (typeof jobIndexes)['live' | 'service'];
  readonly partition: string;
  /** What the sort keys begin with, before the id. */
  readonly prefix: string;
}

/** The sub-jobs of a job. */
export function childrenPartition(tenant: string, parentId: string): IdPartition {
  const prefix = linkPrefix({ kind: 'child', of: parentId });
  return { tenant, partition: tenantPartition(tenant), prefix };
}

/** The jobs with a tag. */
export function taggedPartition(tenant: string, tag: string): IdPartition {
  return { tenant, partition: tenantPartition(tenant), prefix: tagPrefix(tag) };
}

/** The jobs in some states, `succeeded` not among them. */
export function statusPartitions(tenant: string, statuses: Iterable<JobStatus>): readonly IdPartition[] {
  const partitions = new Set([...statuses].flatMap((status) => livePartitions(tenant, status)));
  return [...partitions].map((partition) => ({
    tenant,
    index: jobIndexes.live,
    partition,
    prefix: jobPrefix,
  }));
}

/** The jobs of a service that bear its name, or those with names of their own. */
export function servicedPartition(
  tenant: string,
  serviceName: string,
  named: 'default' | 'named',
): IdPartition {
  const partition = servicePartition(tenant, serviceName, named);
  return { tenant, index: jobIndexes.service, partition, prefix: jobPrefix };
}
