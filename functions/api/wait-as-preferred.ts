import { parseWait, type WaitPreference } from '../../core/contract/http/prefer.ts';
import type { Job } from '../../core/jobs/model/job.ts';
import { type Wait, waitForJob } from '../../core/jobs/waiting/wait-for-job.ts';
import type { JobKey } from '../../core/ports/job-store.ts';
import { header } from '../_shared/http/api-request.ts';
import type { ApiRequest } from './operation.ts';

/** API Gateway requires a buffered response within 29 s. */
const maxWaitSeconds = 25;

/** The wait that a request prefers, at most 25 s; undefined if it prefers none. Throws `invalid-request`. */
export function requestedWait(event: ApiRequest['event']): WaitPreference | undefined {
  const headers = { prefer: header(event, 'prefer'), timeout: header(event, 'timeout') };
  return parseWait(headers, maxWaitSeconds);
}

/** The outcome of a wait for a job. */
export interface WaitResult {
  /** The job as last read; undefined when it does not exist or was not read. */
  readonly job: Job | undefined;
  /** The wait for `Preference-Applied`; undefined when none was requested, or the long poll was refused. */
  readonly appliedWait: WaitPreference | undefined;
}

/** Waits for a job as long as the request's headers prefer; without such a preference, nothing is read. */
export async function waitAsPreferred(
  { deps, event }: Pick<ApiRequest, 'deps' | 'event'>,
  key: JobKey,
  wait: Pick<Wait, 'until' | 'current'> = {},
): Promise<WaitResult> {
  const requested = requestedWait(event);
  if (requested === undefined) return { job: wait.current, appliedWait: undefined };
  const { job, waitedFully } = await waitForJob(deps, key, { ...wait, waitMs: requested.seconds * 1000 });
  return { job, appliedWait: waitedFully ? requested : undefined };
}
