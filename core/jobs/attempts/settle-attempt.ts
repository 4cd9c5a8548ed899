import { isTerminal } from '../../contract/job-state.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import { unusableJson } from '../../json-schema/schema/unusable-json.ts';
import { validateValue } from '../../json-schema/validation/validate-value.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { ExecutionStarter } from '../../ports/execution-starter.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ServiceStore } from '../../ports/service-store.ts';
import type { Settings } from '../../ports/settings.ts';
import { executionDigest } from '../model/execution-digest.ts';
import { type Job, serviceOf } from '../model/job.ts';
import { type Outcome, type Settlement, type SettleResult, settleJob } from '../model/settle-job.ts';
import { logIfRedacted } from '../records/redact-aws-identifiers.ts';
import { storeJson } from '../records/stored-json.ts';
import { updateJob } from '../records/update-job.ts';
import { capacityTargetOf } from '../scheduling/capacity-target.ts';
import { passTurn } from '../scheduling/pass-turn.ts';
import { type CapacityDeps, queueRefused } from '../scheduling/queue-job.ts';
import { startAttempt } from '../scheduling/start-attempt.ts';
import { readDispatchFailure } from './read-dispatch-failure.ts';
import { type LambdaFailure, readLambdaFailure } from './read-lambda-failure.ts';

/**
 * Of a pointer or a detail in the failure, which is stored on the record: a name in a result may be very
 * long.
 */
const maxDetailCharacters = 500;

/** Ports of all use cases that end attempts. */
export interface EndAttemptDeps {
  readonly jobs: JobStore;
  readonly services: ServiceStore;
  readonly objects: ObjectStore;
  readonly executions: ExecutionStarter;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly settings: Pick<Settings, 'reconcileAfterMs'>;
}

export type SettleAttemptDeps = EndAttemptDeps & CapacityDeps;

export interface SettleAttemptInput extends JobKey {
  readonly attempt: number;
  /**
   * `value`: what the service returned. `error`: how its invocation failed. `undispatched`: why the execution
   * with that id could not submit it to its dispatcher. `outcome`: how the attempt ended.
   */
  readonly report:
    | { readonly value: unknown }
    /** Executions that started before this release do not send their id. */
    | { readonly error: LambdaFailure; readonly executionId?: string | undefined }
    | { readonly undispatched: LambdaFailure; readonly executionId: string }
    | { readonly outcome: Outcome };
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
  const hasEnded = current !== undefined && hasFunctionEnded(input.report);
  const passing = hasEnded ? passTurn(deps, current) : undefined;
  const isCurrent = current?.attempt === input.attempt && !isTerminal(current.status);
  try {
    return isCurrent ? await settleCurrent(deps, current, input) : reportStale(deps, input);
  } finally {
    await passing;
  }
}

/** Returns whether the run of a function is over. A refused run took no capacity and frees none. */
function hasFunctionEnded(report: SettleAttemptInput['report']): boolean {
  if ('error' in report) return readLambdaFailure(report.error).code !== 'capacity';
  return 'value' in report;
}

async function settleCurrent(
  deps: SettleAttemptDeps,
  current: Job,
  input: SettleAttemptInput,
): Promise<SettleResult['settled']> {
  const outcome = await readReport(deps, current, input.report);
  const jitter = deps.random.fraction();
  const result = await updateJob(deps.jobs, { tenant: input.tenant, jobId: input.jobId, current }, (job) =>
    settleJob(job, {
      attempt: input.attempt,
      outcome,
      ...reporterOf(input.report),
      now: deps.clock.now(),
      jitter,
      reconcileAfterMs: deps.settings.reconcileAfterMs,
    }),
  );
  if (result.settled === 'released') await queueReleased(deps, result.job);
  if (result.settled === 'retrying' && result.startDelaySeconds !== undefined) {
    await startAttempt(deps, result.job, { delaySeconds: result.startDelaySeconds });
  }
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

function reporterOf(report: SettleAttemptInput['report']): Pick<Settlement, 'reportedBy'> {
  const executionId = 'executionId' in report ? report.executionId : undefined;
  return executionId === undefined ? {} : { reportedBy: executionDigest(executionId) };
}

async function readReport(
  deps: SettleAttemptDeps,
  job: Job,
  report: SettleAttemptInput['report'],
): Promise<Outcome> {
  if ('outcome' in report) return report.outcome;
  if ('undispatched' in report) {
    logIfRedacted(deps.log, { jobId: job.id }, [report.undispatched.Cause]);
    const failure = readDispatchFailure(report.undispatched);
    return failure.code === 'capacity' ? { kind: 'refused' } : { kind: 'failed', ...failure };
  }
  if ('error' in report) {
    const failure = readLambdaFailure(report.error);
    if (failure.code === 'capacity') return { kind: 'refused' };
    // The failure of a service may contain its data.
    if (failure.code !== 'service-failed') logIfRedacted(deps.log, { jobId: job.id }, [report.error.Cause]);
    return { kind: 'failed', ...failure };
  }
  return readResult(deps, job, report.value ?? null);
}

/**
 * The outcome of an attempt that returned this value. The value is stored if it matches the service's result
 * schema.
 */
export async function readResult(
  deps: Pick<SettleAttemptDeps, 'services' | 'objects'>,
  job: Job,
  value: unknown,
): Promise<Outcome> {
  const violations = await resultViolations(deps, job, value);
  if (violations.length > 0) return invalidResult(violations);
  const owner = { tenant: job.tenant, jobId: job.id, role: 'result' } as const;
  return { kind: 'succeeded', result: await storeJson(deps.objects, owner, JSON.stringify(value)) };
}

/**
 * The errors of a result for the schema of the service; without a schema, only values that JSON cannot
 * represent.
 */
export async function resultViolations(
  deps: Pick<SettleAttemptDeps, 'services'>,
  job: Job,
  value: unknown,
): Promise<readonly Violation[]> {
  const service = await deps.services.get({ tenant: job.tenant, ...serviceOf(job) });
  const schema = service?.definition.result;
  const parsed = value as JsonValue; // parsed from JSON: the state machine's input, a report or an upload
  if (schema === undefined) return unusableJson(parsed, '');
  return validateValue({ schema, value: parsed, root: '' }).violations;
}

export function invalidResult(violations: readonly Violation[]): Outcome {
  return { kind: 'failed', code: 'invalid-result', detail: describeErrors(violations) };
}

function describeErrors(violations: readonly Violation[]): string {
  const report = violations
    .slice(0, 5)
    .map(({ pointer, detail }) => `${pointer === '' ? 'the result' : cut(pointer)} ${cut(detail)}`);
  const more = violations.length > 5 ? `; and ${violations.length - 5} more` : '';
  return `The result does not match the service's result schema: ${report.join('; ')}${more}`;
}

function cut(text: string): string {
  return text.length <= maxDetailCharacters ? text : `${text.slice(0, maxDetailCharacters).toWellFormed()}…`;
}
