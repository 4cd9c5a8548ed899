import { isTerminal } from '../../contract/job-state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DataStore } from '../../ports/data/data-store.ts';
import type { ExecutionStarter } from '../../ports/execution-starter.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Random } from '../../ports/random.ts';
import type { ReusableResults } from '../../ports/reuse/reusable-results.ts';
import type { ServiceStore } from '../../ports/service-store.ts';
import type { Settings } from '../../ports/settings.ts';
import { executionDigest } from '../model/execution-digest.ts';
import { invocationOfCause, isRequestId } from '../model/invocation.ts';
import type { Invocation, Job } from '../model/job.ts';
import { type AttemptOutcome, type Settlement, type SettleResult, settleJob } from '../model/settle-job.ts';
import { logIfRedacted } from '../records/redact-aws-identifiers.ts';
import { updateJob } from '../records/update-job.ts';
import { capacityTargetOf } from '../scheduling/capacity-target.ts';
import { passTurn } from '../scheduling/pass-turn.ts';
import { type CapacityDeps, queueRefused } from '../scheduling/queue-job.ts';
import { startRetry } from '../scheduling/start-retry.ts';
import { checkAndStoreResult } from './check-result.ts';
import { classifyDispatchFailure } from './classify-dispatch-failure.ts';
import { type CaughtError, classifyLambdaFailure } from './classify-lambda-failure.ts';

/** Ports of all use cases that end attempts. */
export interface EndAttemptDeps {
  readonly jobs: JobStore;
  readonly services: ServiceStore;
  readonly objects: ObjectStore;
  /** Read only for services with output slots. */
  readonly data: Pick<DataStore, 'list'>;
  /** Written only for deterministic services. */
  readonly results: Pick<ReusableResults, 'offer'>;
  readonly executions: ExecutionStarter;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly settings: Pick<Settings, 'reconcileAfterMs'>;
}

export type SettleAttemptDeps = EndAttemptDeps & CapacityDeps;

/** What is known about the end of an attempt. */
export type AttemptReport =
  /** What the service returned, and the ID of the invocation. Executions that started before this release do not send the ID. */
  | { readonly kind: 'value'; readonly value: unknown; readonly requestId?: unknown }
  /** How its invocation failed. Executions that started before this release do not send their id. */
  | { readonly kind: 'error'; readonly error: CaughtError; readonly executionId?: string | undefined }
  /** Why the execution with this id could not submit it to its dispatcher. */
  | { readonly kind: 'undispatched'; readonly error: CaughtError; readonly executionId: string }
  /** How it ended on AWS Batch. */
  | { readonly kind: 'batch'; readonly outcome: AttemptOutcome };

export interface SettleAttemptInput extends JobKey {
  readonly attempt: number;
  readonly report: AttemptReport;
}

/**
 * Ends an attempt with a report about it. A late or repeated report changes nothing. When a function's run is
 * over, a queued job may start, whatever the report means for its own job.
 */
export async function settleAttempt(
  deps: SettleAttemptDeps,
  input: SettleAttemptInput,
): Promise<SettleResult['settled']> {
  const current = await deps.jobs.get(input);
  const runIsOver = current !== undefined && isRunOver(input.report);
  const turnPassed = runIsOver ? passTurn(deps, current) : undefined;
  const isCurrent = current?.attempt === input.attempt && !isTerminal(current.status);
  try {
    return isCurrent ? await settleCurrent(deps, current, input) : reportStale(deps, input);
  } finally {
    await turnPassed;
  }
}

/** Returns whether the run of a function is over. A refused run took no capacity and frees none. */
function isRunOver(report: AttemptReport): boolean {
  if (report.kind === 'error') return classifyLambdaFailure(report.error).code !== 'capacity';
  return report.kind === 'value';
}

async function settleCurrent(
  deps: SettleAttemptDeps,
  current: Job,
  input: SettleAttemptInput,
): Promise<SettleResult['settled']> {
  const outcome = await toOutcome(deps, current, input.report);
  const jitter = deps.random.fraction();
  const result = await updateJob(deps.jobs, { tenant: input.tenant, jobId: input.jobId, current }, (job) =>
    settleJob(job, {
      attempt: input.attempt,
      outcome,
      invocation: outcome.kind === 'refused' ? undefined : invocationOf(input.report),
      ...reporterOf(input.report),
      now: deps.clock.now(),
      jitter,
      reconcileAfterMs: deps.settings.reconcileAfterMs,
    }),
  );
  if (result.settled === 'released') await queueReleased(deps, result.job);
  await startRetry(deps, result);
  return result.settled === 'stale' ? reportStale(deps, input) : result.settled;
}

async function queueReleased(deps: SettleAttemptDeps, job: Job): Promise<void> {
  deps.log.info('attempt-released', { jobId: job.id, attempt: job.attempt + 1 });
  await queueRefused(deps, await capacityTargetOf(deps, job), job);
}

function reportStale({ log }: SettleAttemptDeps, { jobId, attempt }: SettleAttemptInput): 'stale' {
  log.info('report-stale', { jobId, attempt });
  return 'stale';
}

function reporterOf(report: AttemptReport): Pick<Settlement, 'reportedBy'> {
  const executionId = 'executionId' in report ? report.executionId : undefined;
  return executionId === undefined ? {} : { reportedBy: executionDigest(executionId) };
}

function invocationOf(report: AttemptReport): Invocation | undefined {
  if (report.kind === 'error') return invocationOfCause(report.error.Cause);
  const requestId = report.kind === 'value' ? report.requestId : undefined;
  return isRequestId(requestId) ? { requestId } : undefined;
}

/** The outcome of an attempt according to a report; a valid result is stored. */
async function toOutcome(deps: SettleAttemptDeps, job: Job, report: AttemptReport): Promise<AttemptOutcome> {
  if (report.kind === 'batch') return report.outcome;
  if (report.kind === 'value') return checkAndStoreResult(deps, job, report.value ?? null);
  const { error } = report;
  if (report.kind === 'undispatched') {
    logIfRedacted(deps.log, { jobId: job.id }, [error.Cause]);
    const failure = classifyDispatchFailure(error);
    return failure.code === 'capacity' ? { kind: 'refused' } : { kind: 'failed', ...failure };
  }
  const failure = classifyLambdaFailure(error);
  if (failure.code === 'capacity') return { kind: 'refused' };
  // The failure of a service may contain its data.
  if (failure.code !== 'service-failed') logIfRedacted(deps.log, { jobId: job.id }, [error.Cause]);
  return { kind: 'failed', ...failure };
}
