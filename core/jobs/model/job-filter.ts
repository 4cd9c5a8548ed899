import type { JobStatus } from '../../contract/job-state.ts';

/** A condition on an indexed member of the metadata. */
export type MetadataCondition = { readonly name: string } & (
  | { readonly kind: 'equals'; readonly values: readonly (string | number)[] }
  /** The member is a number within the bounds, which are inclusive. */
  | { readonly kind: 'range'; readonly min?: number; readonly max?: number }
);

/** The filter of a list: all given conditions apply; an empty list of statuses or services is ignored. */
export interface JobFilter {
  readonly ids?: readonly string[];
  readonly parentId?: string;
  readonly tag?: string;
  readonly group?: string;
  /** Only jobs whose indexed metadata meets all conditions. */
  readonly metadata?: readonly MetadataCondition[];
  readonly statuses?: readonly JobStatus[];
  readonly services?: readonly string[];
  readonly serviceVersion?: string;
  readonly namePrefix?: string;
  /** Only jobs whose id was created at this time or later, in epoch milliseconds. */
  readonly createdAfter?: number;
  /** Only jobs whose id was created before this time, in epoch milliseconds. */
  readonly createdBefore?: number;
}
