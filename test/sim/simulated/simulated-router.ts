import {
  type Dispatch,
  dispatchAttempt,
  type WorkerAccess,
} from '../../../core/jobs/attempts/dispatch-attempt.ts';
import { type AttemptReport, settleAttempt } from '../../../core/jobs/attempts/settle-attempt.ts';
import { submitBatchAttempt } from '../../../core/jobs/batch/submit-batch-attempt.ts';
import { probeTarget } from '../../../core/jobs/scheduling/probe-target.ts';
import type { ExecutionInput, ExecutionStarter } from '../../../core/ports/execution-starter.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { hasSlots } from '../data/simulated-slots.ts';
import { InjectedFault, unlessInjected } from '../faulty.ts';
import { type Process, retried } from '../process.ts';
import { throttled } from './simulated-capacity.ts';
import { editionOfFunction } from './simulated-sketch.ts';
import { simulatedWorker } from './simulated-worker.ts';

type OnLambda = Dispatch & { readonly route: 'lambda' };
type OnBatch = Dispatch & { readonly route: 'batch' };
type Report = Extract<AttemptReport, { readonly kind: 'value' | 'error' }>;

/**
 * The attempt state machine as Step Functions runs it: late, twice, with retries, or ended half-way. A name is
 * used once; an Express execution can be restarted, so that two runs share one id.
 */
export function simulatedRouter(process: Process): ExecutionStarter {
  const names = new Set<string>();
  return {
    async start(router, input) {
      const { jobId, attempt, probe } = input;
      if (probe === undefined) process.started.add(`${jobId}/${attempt}`);
      const executionId = `${jobId}-${attempt}-${input.start}-${probe?.probe ?? ''}`;
      if (names.has(executionId)) return;
      names.add(executionId);
      const copies = router === 'express' && process.random.happens(0.05) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const enteredAt = `${process.scheduler.now()} ${copy}`;
        process.scheduler.spawn(() => execute(process, { ...input, executionId, enteredAt }));
      }
    },
  };
}

type Execution = ExecutionInput & { readonly executionId: string; readonly enteredAt: string };

async function execute(process: Process, input: Execution) {
  const { scheduler, random, ports } = process;
  const late = random.happens(0.05) && !process.faultsAreOver() ? 200_000 : 2000;
  await scheduler.sleep(input.delaySeconds * 1000 + random.whole(0, late));
  if (input.probe !== undefined) {
    const { probe } = input;
    await retried(process, () =>
      probeTarget(ports(), { ...input, target: probe.target, probeId: probe.probe }),
    );
    return;
  }
  const dispatched = await retried(process, () =>
    dispatchAttempt(ports(), { ...input, startNumber: input.start }),
  );
  if (dispatched === undefined || dispatched.route === 'none') return;
  if (dispatched.route === 'batch') return submitToBatch(process, dispatched, input.executionId);
  const { tenant, jobId, attempt, executionId: by } = { ...input };
  const result = await process.capacity.run(dispatched.functionName, () => {
    const { functionName } = dispatched;
    process.runs.push({ kind: 'ran', jobId, attempt, by, functionName });
    return invoke(process, dispatched, by);
  });
  if (result === undefined) return;
  const report = result.kind === 'error' ? { ...result, executionId: by } : result;
  if (report.kind === 'value') process.finished.add(`${jobId}/${attempt}`);
  const settle = () => settleAttempt(ports(), { tenant, jobId, attempt, report });
  await settleOrQueue(process, settle);
  if (random.happens(0.05)) await retried(process, settle);
}

/** A call of settle that fails or is throttled is tried three times and then queued: Lambda retries it ever more rarely. */
async function settleOrQueue(process: Process, settle: () => Promise<unknown>): Promise<void> {
  const { scheduler, random, capacity } = process;
  const attempt = () => capacity.run('errand-settle', settle);
  for (let tried = 0, pause = 1000; ; tried += 1, pause = Math.min(pause * 2, 300_000)) {
    const settled = await unlessInjected(attempt());
    if (settled !== undefined && settled !== throttled) return;
    await scheduler.sleep(random.whole(pause / 2, pause));
    if (tried > 60) throw new Error('settle was throttled for ever');
  }
}

/** The outcome of the invocation; undefined when the execution itself was lost during it. */
async function invoke(process: Process, running: OnLambda, by: string): Promise<Report | undefined> {
  const { scheduler, random } = process;
  const limit = running.attemptTimeoutSeconds * 1000;
  const until = scheduler.now() + limit;
  const edition = editionOfFunction(running.functionName);
  const value = { attempt: running.attempt, by, ...omitUndefined({ edition }) };
  if (talks(running)) await talk(process, running, by);
  const takes = random.happens(0.1) ? random.whole(limit / 2, limit * 2) : random.whole(1, 20_000);
  await scheduler.sleep(Math.max(0, Math.min(takes, until - scheduler.now())));
  if (random.happens(0.1)) return undefined;
  if (takes > limit) return { kind: 'error', error: { Error: 'States.Timeout', Cause: '' } };
  if (random.happens(0.2))
    return { kind: 'error', error: { Error: 'Error', Cause: '{"errorType":"Error","errorMessage":"no"}' } };
  return { kind: 'value', value };
}

/** Every service receives the URL of its reports; only the patient service and those with slots use it. */
function talks(running: OnLambda): boolean {
  const name = serviceNameOf(running);
  return name === 'patient' || hasSlots(name);
}

function serviceNameOf({ payload }: OnLambda): string {
  const { job } = payload as { readonly job: { readonly service: { readonly name: string } } }; // the envelope
  return job.service.name;
}

async function talk(process: Process, running: OnLambda, by: string): Promise<void> {
  const { tenant, jobId, attempt, payload } = running;
  const { worker } = payload as { readonly worker: WorkerAccess }; // the envelope
  await simulatedWorker(process, {
    tenant,
    jobId,
    attempt,
    worker,
    by,
    onBatch: false,
    usesSlots: hasSlots(serviceNameOf(running)),
    isStopped: () => false,
  });
}

/** The error that the state machine catches when AWS Batch accepts no more submissions a second. */
const tooManySubmissions = {
  error: {
    Error: 'BatchThrottled',
    Cause: '{"errorType":"BatchThrottled","errorMessage":"Too Many Requests"}',
  },
} as const;

/** A submission that is refused for lack of capacity is released, and a permanent failure ends the attempt. */
async function submitToBatch(
  process: Process,
  { tenant, jobId, attempt, worker }: OnBatch,
  executionId: string,
): Promise<void> {
  const { ports, random, capacity, faultsAreOver } = process;
  const submit = () =>
    retried(process, (tried) =>
      submitBatchAttempt(ports(), {
        tenant,
        jobId,
        attempt,
        worker,
        isRepeated: tried > 0,
      }),
    );
  const isTooFast = !faultsAreOver() && random.happens(0.1);
  const submitted = isTooFast ? tooManySubmissions : await capacity.run('errand-submit-batch', submit);
  const isRefused = submitted === tooManySubmissions || submitted === throttled;
  if (!isRefused && (submitted !== undefined || random.happens(0.3))) return;
  const { error } = isRefused ? submitted : { error: { Error: InjectedFault.name, Cause: '' } };
  const report = { kind: 'undispatched', error, executionId } as const;
  await settleOrQueue(process, () => settleAttempt(ports(), { tenant, jobId, attempt, report }));
}
