import type { APIGatewayProxyResult } from 'aws-lambda';
import type { WaitPreference } from '../../../core/contract/http/prefer.ts';
import { isTerminal } from '../../../core/contract/job-state.ts';
import type { ShownOutputs } from '../../../core/contract/schemas/slot-schemas.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { receiptOfJob, representJob } from '../../../core/jobs/queries/represent-job.ts';
import type { ChildCounts } from '../../../core/jobs/relations/count-children.ts';
import type { DurationCache } from '../../../core/jobs/waiting/duration-cache.ts';
import { retryAfterSeconds } from '../../../core/jobs/waiting/retry-after.ts';
import type { ObjectStore } from '../../../core/ports/object-store.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { etagOf } from './etag.ts';
import { jsonResponse } from './responses.ts';

/** How to represent a job in a response. */
export interface JobResponseOptions {
  readonly statusCode: number;
  readonly baseUrl: string;
  /** Whether the caller may read jobs; otherwise the response is a receipt. */
  readonly isReader: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The applied wait; undefined when no wait was requested, or the long poll was refused. */
  readonly wait?: WaitPreference | undefined;
  /** Typical duration of the service's jobs; undefined when unknown. */
  readonly typicalSeconds?: number | undefined;
  /** The counts of the job's sub-jobs, where the response contains them. */
  readonly children?: ChildCounts | undefined;
  /** The outputs of the job, where the response contains them. */
  readonly outputs?: ShownOutputs | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** The response with a job, including the headers for polling and conditional requests. */
export async function jobResponse(
  deps: { readonly objects: ObjectStore },
  job: Job,
  options: JobResponseOptions,
): Promise<APIGatewayProxyResult> {
  const { baseUrl, children, outputs, isReader } = options;
  const shown = isReader ? await representJob(deps, job, baseUrl) : receiptOfJob(job, baseUrl);
  const body = { ...shown, ...omitUndefined({ outputs, children }) };
  return jsonResponse(options.statusCode, body, { ...jobHeaders(job, options), ...options.headers });
}

/** The headers of a job for polling and conditional requests. */
export function jobHeaders(
  job: Job,
  { now, wait, typicalSeconds }: Pick<JobResponseOptions, 'now' | 'wait' | 'typicalSeconds'>,
): Record<string, string | undefined> {
  return {
    ETag: etagOf(job),
    'Retry-After': isTerminal(job.status) ? undefined : String(retryAfterSeconds(job, now, typicalSeconds)),
    'Preference-Applied': preferenceApplied(wait),
  };
}

/**
 * Typical duration of the service's jobs; undefined, without a read, for an ended job or a job without a
 * service.
 */
export async function typicalSecondsOf(
  { durations }: { readonly durations: DurationCache },
  { tenant, status, service }: Job,
): Promise<number | undefined> {
  if (isTerminal(status) || service === undefined) return undefined;
  return durations.fetchDuration(tenant, service.name);
}

/** The value of the `Preference-Applied` header (RFC 7240). */
export function preferenceApplied(wait: WaitPreference | undefined): string | undefined {
  return wait === undefined ? undefined : `wait=${wait.seconds}`;
}
