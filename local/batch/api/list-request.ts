import { isRecord, type JsonRecord } from '../../json.ts';
import type { JobListing } from '../job-store.ts';
import { clientError } from './client-error.ts';
import { type BatchResources, findQueue } from './find-resource.ts';
import { listIn, numberIn, refuseMembers, requiredText } from './request-body.ts';

const maxListed = 100;

/**
 * Parses a ListJobs request. Without a filter, only jobs of one state are listed, by default RUNNING; with a
 * filter, jobs of all states are listed.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html
 */
export function readListing(body: JsonRecord, resources: BatchResources): JobListing {
  refuseMembers(body, ['jobQueue', 'jobStatus', 'filters', 'maxResults', 'nextToken']);
  const { jobStatus = 'RUNNING' } = body;
  const filters = listIn(body, 'filters') ?? [];
  if (filters.length > 1) throw clientError('Only one filter can be used at a time.');
  return {
    queueArn: findQueue(resources, requiredText(body, 'jobQueue')).arn,
    ...(filters.length === 0 ? { status: String(jobStatus) } : filterOf(filters[0])),
    limit: numberIn(body, 'maxResults', [1, maxListed]) ?? maxListed,
    offset: offsetOf(body['nextToken']),
  };
}

function filterOf(filter: unknown): Partial<JobListing> {
  const { name, values } = isRecord(filter) ? filter : {};
  const value: unknown = Array.isArray(values) && values.length === 1 ? values[0] : undefined;
  if (typeof value !== 'string') throw clientError('A filter must have one value.');
  switch (name) {
    case 'JOB_NAME':
      return { namePattern: namePattern(value) };
    case 'BEFORE_CREATED_AT':
      return { createdBeforeMs: Number(value) };
    case 'AFTER_CREATED_AT':
      return { createdAfterMs: Number(value) };
    default:
      throw clientError(`The filter ${String(name)} is not supported by the local runtime.`);
  }
}

/** Parses a name filter. Case is ignored, and only a final `*` is a wildcard. */
function namePattern(value: string): string {
  if (!/^[\w-]*\*?$/.test(value)) throw clientError('JOB_NAME should match valid pattern');
  return value.toLowerCase();
}

function offsetOf(token: unknown): number {
  if (token === undefined || token === null) return 0;
  if (typeof token !== 'string' || !/^\d{1,9}$/.test(token)) throw clientError('nextToken is not valid.');
  return Number(token);
}
