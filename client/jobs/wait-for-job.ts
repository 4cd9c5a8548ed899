import type { ClientContext } from '../api/client-context.ts';
import { pause } from '../api/pause.ts';
import { retryAfterSeconds } from '../api/transport.ts';
import { hasEnded, type JobDocument } from './job-document.ts';

/** Longest wait that the API grants to a read of a job, in seconds. */
const longestPollSeconds = 25;

/** How to wait for a job. */
export interface WaitForJob {
  readonly timeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly update: (document: JobDocument) => void;
}

/** Waits until the job has ended. Returns false if it has not within the time. */
export async function waitForJob(
  { transport, settings }: ClientContext,
  known: JobDocument,
  { timeoutSeconds = Number.POSITIVE_INFINITY, signal, update }: WaitForJob,
): Promise<boolean> {
  const endMs = performance.now() + 1000 * timeoutSeconds;
  let document = known;
  for (let isFirst = true; ; isFirst = false) {
    if (hasEnded(document)) return true;
    const leftSeconds = (endMs - performance.now()) / 1000;
    if (leftSeconds <= 0 && !isFirst) return false;
    const waitSeconds = Math.max(0, Math.min(longestPollSeconds, leftSeconds));
    const { body, headers } = await transport.call<JobDocument>({
      method: 'GET',
      path: `/v1/jobs/${encodeURIComponent(known.id)}`,
      waitSeconds: Math.round(waitSeconds * 10) / 10,
      signal,
    });
    document = body;
    update(document);
    if (hasEnded(document) || headers.has('preference-applied')) continue;
    // The API did not wait: all long polls are in use.
    const seconds = settings.refreshIntervalSeconds ?? (retryAfterSeconds(headers) || 1);
    await pause(1000 * Math.max(0, Math.min(seconds, leftSeconds)), signal);
  }
}
