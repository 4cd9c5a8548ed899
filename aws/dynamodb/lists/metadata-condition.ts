import { indexedValue } from '../../../core/jobs/model/indexed-metadata.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { MetadataCondition } from '../../../core/ports/job-store.ts';

/** A condition on the number in a member of the metadata; both bounds are inclusive. */
export type MetadataRange = Extract<MetadataCondition, { readonly kind: 'range' }>;

/** Returns whether the indexed metadata of a job meets a condition. */
export function meetsCondition(job: Job, condition: MetadataCondition): boolean {
  const value = indexedValue(job, condition.name);
  if (value === undefined) return false;
  if (condition.kind === 'equals') return condition.values.includes(value);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = condition;
  return typeof value === 'number' && value >= min && value <= max;
}
