import { AttemptStopped, type StopCause } from './attempt-stopped.ts';
import {
  callWorker,
  parseObject,
  type WorkerAccess,
  type WorkerRequest,
  type WorkerResponse,
} from './call-worker.ts';

/**
 * A running attempt: sends all its requests to the worker routes, and detects when its work is no longer
 * needed.
 */
export interface Attempt {
  /** Aborted, with an `AttemptStopped` as reason, when the work is no longer needed. */
  readonly signal: AbortSignal;
  /** Calls a worker route, and stops the attempt if the response requires it. Never rejects. */
  call(request: WorkerRequest): Promise<WorkerResponse>;
  /** Stops the attempt; only the first cause counts. */
  stop(cause: StopCause): void;
  stoppedBy(): StopCause | undefined;
  /**
   * When Errand last responded to a heartbeat or to progress, in `performance.now()` time; initially when the
   * attempt was opened. Other requests of a running attempt are not recorded as reports.
   */
  lastReportAt(): number;
  /** When the progress route last responded, in the same time; minus infinity before the first response. */
  lastProgressAt(): number;
  /** Aborted by `close`; ends all reporting in the background. */
  readonly closing: AbortSignal;
  /** Cancels pending requests and pauses. */
  close(): void;
}

/** The routes whose requests show that the work continues. */
const reports = ['/heartbeat', '/progress'];

/** Opens an attempt; makes no request. */
export function openAttempt(access: WorkerAccess): Attempt {
  const work = new AbortController();
  const open = new AbortController();
  let lastReportAt = performance.now();
  let lastProgressAt = Number.NEGATIVE_INFINITY;
  let cause: StopCause | undefined;
  const stop = (why: StopCause): void => {
    if (cause !== undefined) return;
    cause = why;
    work.abort(new AttemptStopped(why));
  };
  return {
    signal: work.signal,
    closing: open.signal,
    stop,
    stoppedBy: () => cause,
    lastReportAt: () => lastReportAt,
    lastProgressAt: () => lastProgressAt,
    close: () => open.abort(),
    async call(request) {
      const response = await callWorker(access, { cancel: open.signal, ...request });
      if (response.kind !== 'unanswered' && reports.includes(request.path)) {
        lastReportAt = performance.now();
        if (request.path === '/progress') lastProgressAt = lastReportAt;
      }
      if (response.kind === 'stale') stop('stale');
      if (response.kind === 'refused' && response.status === 401) stop('unauthenticated');
      if (reportsAbort(request, response)) stop('abort');
      return response;
    },
  };
}

/**
 * Ignores responses of GET requests: they contain the job's parameters, whose members the submitter chooses.
 */
function reportsAbort({ method = 'POST' }: WorkerRequest, response: WorkerResponse): boolean {
  return method === 'POST' && response.kind === 'accepted' && parseObject(response.text)['abort'] === true;
}
