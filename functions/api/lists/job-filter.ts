import { parseTimestamp } from '../../../core/contract/date-time.ts';
import type { JobStatus } from '../../../core/contract/job-state.ts';
import { parseJobId } from '../../../core/contract/names.ts';
import type { jobListQuery } from '../../../core/contract/schemas/job-list-schemas.ts';
import type { OperationFilter } from '../../../core/contract/schemas/operation-schemas.ts';
import type { JobFilter, MetadataCondition } from '../../../core/ports/job-store.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import type { readQuery } from '../../_shared/http/api-request.ts';

type JobListText = Omit<ReturnType<typeof readQuery<typeof jobListQuery>>, 'order' | 'limit' | 'cursor'>;

/** The filter for the core. Lists are sorted, so that a cursor is valid for any order of their elements. */
export function filterOf(query: JobListText): JobFilter {
  const { id, parent, tag, group, status, service, serviceVersion, namePrefix } = query;
  return omitUndefined({
    ids: distinct(id)?.flatMap((text) => parseJobId(text) ?? []),
    parentId: parent === undefined ? undefined : parseJobId(parent),
    tag,
    group,
    // The pattern of the query parameter allows only states.
    statuses: distinct(status) as readonly JobStatus[] | undefined,
    services: distinct(service),
    serviceVersion,
    namePrefix,
    createdAfter: momentOf(query.createdAfter),
    createdBefore: momentOf(query.createdBefore),
  });
}

/** The filter of an operation for the core: lists may be arrays, and the metadata is an object. */
export function operationFilterOf({ id, status, service, metadata, ...rest }: OperationFilter): JobFilter {
  const lists = { id: joined(id), status: joined(status), service: joined(service) };
  const conditions = Object.entries(metadata ?? {}).map(([name, condition]) => conditionOf(name, condition));
  return {
    ...filterOf({ ...rest, ...omitUndefined(lists) }),
    ...(conditions.length === 0 ? {} : { metadata: conditions }),
  };
}

function conditionOf(
  name: string,
  condition: NonNullable<OperationFilter['metadata']>[string],
): MetadataCondition {
  if (typeof condition !== 'object') return { kind: 'equals', name, values: [condition] };
  return { kind: 'range', name, ...omitUndefined({ min: condition.min, max: condition.max }) };
}

function joined(list: string | readonly string[] | undefined): string | undefined {
  return typeof list === 'object' ? list.join(',') : list;
}

function distinct(list: string | undefined): readonly string[] | undefined {
  return list === undefined ? undefined : [...new Set(list.split(','))].sort();
}

function momentOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseTimestamp(text);
}
