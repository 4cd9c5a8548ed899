import type { ClientContext } from '../api/client-context.ts';
import { isTemporary, Outage } from '../api/outage.ts';
import { pause } from '../api/pause.ts';
import { retryAfterSeconds } from '../api/transport.ts';
import { hasEnded, type JobDocument } from './job-document.ts';

/** Longest wait that the API grants to a read of a job, in seconds. */
const longestPollSeconds = 25;

/** A response may arrive this long after the end of the wait. */
const graceSeconds = 5;

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
  const outage = new Outage();
  let document = known;
  for (let isFirst = true; ; isFirst = false) {
    if (hasEnded(document)) return true;
    const leftSeconds = (endMs - performance.now()) / 1000;
    if (leftSeconds <= 0 && !isFirst) return false;
    const waitSeconds = Math.max(0, Math.min(longestPollSeconds, leftSeconds));
    const call = {
      method: 'GET',
      path: `/v1/jobs/${encodeURIComponent(known.id)}`,
      waitSeconds,
      signal: withLimit(signal, leftSeconds + graceSeconds),
    } as const;
    const reply = await transport.call<JobDocument>(call).catch(async (error: unknown) => {
      if (performance.now() < endMs) await outage.survive(error, signal);
      else if (!isTemporary(error) && !call.signal?.aborted) throw error;
      signal?.throwIfAborted();
      return undefined;
    });
    if (reply === undefined) continue;
    outage.end();
    const { body, headers } = reply;
    document = body;
    update(document);
    if (hasEnded(document) || headers.has('preference-applied')) continue;
    // The API did not wait: all long polls are in use.
    const seconds = settings.refreshIntervalSeconds ?? (retryAfterSeconds(headers) || 1);
    await pause(1000 * Math.max(0, Math.min(seconds, leftSeconds)), signal);
  }
}

function withLimit(signal: AbortSignal | undefined, seconds: number): AbortSignal | undefined {
  if (seconds > longestPollSeconds + 60) return signal; // the limit of the request ends it before
  const limit = AbortSignal.timeout(Math.ceil(1000 * Math.max(graceSeconds, seconds)));
  return signal === undefined ? limit : AbortSignal.any([limit, signal]);
}
