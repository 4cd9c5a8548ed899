import { AttemptStopped, type StopCause } from './attempt-stopped.ts';
import {
  callWorker,
  parseObject,
  type WorkerAccess,
  type WorkerAnswer,
  type WorkerRequest,
} from './call-worker.ts';

/** An attempt while a service works on it: the one place that hears whether its work is still wanted. */
export interface Attempt {
  /** Aborted, with an `AttemptStopped` as reason, once the work is no longer wanted. */
  readonly signal: AbortSignal;
  /** Calls a worker route, and heeds what its answer says beside. Never rejects. */
  call(request: WorkerRequest): Promise<WorkerAnswer>;
  /** The first cause stands. */
  stop(cause: StopCause): void;
  stoppedBy(): StopCause | undefined;
  /** When a route last answered, by `performance.now()`; the opening of the attempt counts as one. */
  lastAnswerAt(): number;
  /** When progress was last answered, by the same clock; minus infinity before the first. */
  lastProgressAt(): number;
  /** Aborted by `close`: whatever reports beside the work ends with it. */
  readonly closing: AbortSignal;
  /** Ends requests and pauses that nobody waits for. */
  close(): void;
}

/** Opens an attempt; makes no request. */
export function openAttempt(access: WorkerAccess): Attempt {
  const work = new AbortController();
  const open = new AbortController();
  let lastAnswerAt = performance.now();
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
    lastAnswerAt: () => lastAnswerAt,
    lastProgressAt: () => lastProgressAt,
    close: () => open.abort(),
    async call(request) {
      const answer = await callWorker(access, { cancel: open.signal, ...request });
      if (answer.kind !== 'unanswered') {
        lastAnswerAt = performance.now();
        if (request.path === '/progress') lastProgressAt = lastAnswerAt;
      }
      if (answer.kind === 'stale') stop('stale');
      if (answer.kind === 'refused' && answer.status === 401) stop('unauthenticated');
      if (reportsAbort(request, answer)) stop('abort');
      return answer;
    },
  };
}

/** What a GET answers is the job's parameters, whose members are the submitter's own. */
function reportsAbort({ method = 'POST' }: WorkerRequest, answer: WorkerAnswer): boolean {
  return method === 'POST' && answer.kind === 'accepted' && parseObject(answer.text)['abort'] === true;
}
