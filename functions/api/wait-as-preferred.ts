import { readWait, type WaitPreference } from '../../core/contract/http/prefer.ts';
import type { Job } from '../../core/jobs/model/job.ts';
import { type Wait, waitForJob } from '../../core/jobs/waiting/wait-for-job.ts';
import type { JobKey } from '../../core/ports/job-store.ts';
import { header } from '../_shared/http/api-request.ts';
import type { OperationInput } from './operation.ts';

/** A buffered answer must be there after 29 s. */
const longestWaitSeconds = 25;

export interface Waited {
  /** As seen last; undefined when there is no such job, or nobody looked. */
  readonly known: Job | undefined;
  /** What `Preference-Applied` tells; undefined when no wait was asked for, or the call could not be held. */
  readonly used: WaitPreference | undefined;
}

/** Holds a call for a job as long as its headers wish; looks at nothing when they do not wish to wait. */
export async function waitAsPreferred(
  { deps, event }: Pick<OperationInput, 'deps' | 'event'>,
  key: JobKey,
  wait: Pick<Wait, 'until' | 'known'> = {},
): Promise<Waited> {
  const headers = { prefer: header(event, 'prefer'), timeout: header(event, 'timeout') };
  const asked = readWait(headers, longestWaitSeconds);
  if (asked === undefined) return { known: wait.known, used: undefined };
  const { job, waitedFully: held } = await waitForJob(deps, key, { ...wait, waitMs: asked.seconds * 1000 });
  return { known: job, used: held ? asked : undefined };
}
