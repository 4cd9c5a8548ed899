import { sameDigest } from '../../access/model/worker-token.ts';
import type { WorkerResponse } from '../../contract/schemas/worker-schemas.ts';
import { digest } from '../../std/digest.ts';
import type { EndAttemptDeps } from '../attempts/settle-attempt.ts';
import type { Decision } from '../model/decision.ts';
import type { ClaimedJob, Job } from '../model/job.ts';
import { type AttemptOutcome, type Settlement, type SettleResult, settleJob } from '../model/settle-job.ts';
import { updateJob } from '../records/update-job.ts';
import { startRetry } from '../scheduling/start-retry.ts';
import { bindWorker, recordWorkerReport } from './record-worker-report.ts';
import {
  hadLastClaim,
  requireCurrentClaim,
  requireIssuedToken,
  staleAttemptProblem,
  type WorkerCaller,
} from './worker-access.ts';

export interface EndAttemptInput {
  readonly caller: WorkerCaller;
  /** Digest of the whole report; identifies a repetition. */
  readonly reportDigest: string;
}

/**
 * Ends an attempt with the report of its worker. A repeated report gets the same response as the first. If
 * several reports would end the attempt, the first write wins. Throws `unauthenticated`,
 * `stale-attempt` and `invalid-request`.
 */
export async function endAttempt(
  deps: EndAttemptDeps,
  input: EndAttemptInput,
  determineOutcome: (job: ClaimedJob) => Promise<AttemptOutcome>,
): Promise<WorkerResponse> {
  const { key } = input.caller;
  const current = requireIssuedToken(input.caller.current ?? (await deps.jobs.get(key)), input.caller);
  if (isRepetition(current, input)) return responseOf(current);
  const claimed = await updateJob(deps.jobs, { ...key, current }, (job) =>
    decideFirstReport(job, input.caller, deps.clock.now()),
  );
  const outcome = await determineOutcome(claimed);
  const jitter = deps.random.fraction();
  const { reconcileAfterMs } = deps.settings;
  const { response, settled } = await updateJob(deps.jobs, { ...key, current: claimed }, (job) =>
    decideEnd(job, input, { outcome, now: deps.clock.now(), jitter, reconcileAfterMs }),
  );
  if (settled !== undefined) await startRetry(deps, settled);
  return response;
}

/**
 * If the end is the first report of a scheduled attempt, the job becomes `executing` first, so that its
 * events are complete.
 */
export function decideFirstReport(
  current: Job | undefined,
  caller: WorkerCaller,
  now: number,
): Decision<ClaimedJob> {
  const claimed = requireCurrentClaim(current, caller);
  const next = claimed.status === 'scheduled' ? recordWorkerReport(claimed, caller, { now }) : undefined;
  return next === undefined ? { result: claimed } : { next, result: next };
}

/** The response to a report that ends an attempt; `settled` is absent if a repeated report changes nothing. */
interface EndResult {
  readonly response: WorkerResponse;
  readonly settled?: SettleResult;
}

/** The decision for a report that ends an attempt. */
export function decideEnd(
  current: Job | undefined,
  { caller, reportDigest }: EndAttemptInput,
  report: Pick<Settlement, 'outcome' | 'now' | 'jitter' | 'reconcileAfterMs'>,
): Decision<EndResult> {
  const job = requireIssuedToken(current, caller);
  if (isRepetition(job, { caller, reportDigest })) return { result: { response: responseOf(job) } };
  const claimed = requireCurrentClaim(job, caller);
  const endedClaim = {
    tokenDigest: claimed.claim.tokenDigest,
    reportDigest: digestOf({ caller, reportDigest }),
  };
  const boundJob = { ...bindWorker(claimed, caller), endedClaim };
  const { invocation } = caller;
  const { next, result: settled } = settleJob(boundJob, { attempt: job.attempt, invocation, ...report });
  if (next === undefined) throw staleAttemptProblem();
  return { next, result: { response: responseOf(next), settled } };
}

type Report = Pick<EndAttemptInput, 'caller' | 'reportDigest'>;

function isRepetition(job: Job, report: Report): boolean {
  return hadLastClaim(job, report.caller) && sameDigest(job.endedClaim?.reportDigest ?? '', digestOf(report));
}

/**
 * Two containers may have the token of one attempt and report the same end. Only the container that ended the
 * attempt can repeat its report, so the digest includes the ID of the worker, if it has one.
 */
function digestOf({ caller, reportDigest }: Report): string {
  return caller.workerId === undefined ? reportDigest : digest(`${reportDigest} of ${caller.workerId}`);
}

function responseOf({ status }: Job): WorkerResponse {
  return { abort: status === 'aborted' };
}
