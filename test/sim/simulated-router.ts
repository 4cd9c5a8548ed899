import {
  type Dispatch,
  type DispatchAttemptDeps,
  dispatchAttempt,
} from '../../core/jobs/dispatch-attempt.ts';
import {
  type SettleAttemptDeps,
  type SettleAttemptInput,
  settleAttempt,
} from '../../core/jobs/settle-attempt.ts';
import type { ExecutionInput, ExecutionStarter } from '../../core/ports/execution-starter.ts';
import { lookAfter } from '../support/jobs.ts';
import { InjectedFault } from './faulty.ts';
import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';

/** One time that user code ran. */
export interface Run {
  readonly jobId: string;
  readonly attempt: number;
  readonly executionId: string;
}

export interface RouterWorld {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  /** The ports as one process sees them: asked for anew at each call. */
  readonly ports: () => DispatchAttemptDeps & SettleAttemptDeps;
}

type Running = Dispatch & { readonly route: 'lambda' };
type Report = SettleAttemptInput['report'];

/**
 * The job router as Step Functions runs it: late, twice, with retries, or ended in the middle of it. A name is
 * used once; an Express execution may be restarted, so that two runs bear one id.
 */
export function simulatedRouter(world: RouterWorld): ExecutionStarter & { readonly runs: readonly Run[] } {
  const runs: Run[] = [];
  const names = new Set<string>();
  return {
    runs,
    async start(router, input) {
      const executionId = `${input.jobId}-${input.attempt}-${input.start}`;
      if (names.has(executionId)) return;
      names.add(executionId);
      const copies = router === 'express' && world.random.happens(0.05) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        world.scheduler.spawn(() => execute(world, { ...input, executionId }, runs));
      }
    },
  };
}

async function execute(
  world: RouterWorld,
  input: ExecutionInput & { readonly executionId: string },
  runs: Run[],
) {
  const { scheduler, random } = world;
  const late = random.happens(0.05) ? 200_000 : 2000;
  await scheduler.sleep(input.delaySeconds * 1000 + random.whole(0, late));
  const dispatched = await retried(world, () =>
    dispatchAttempt(world.ports(), { ...input, apiUrl: 'https://api.test' }),
  );
  if (dispatched === undefined || dispatched.route === 'none') return;
  runs.push({ jobId: input.jobId, attempt: input.attempt, executionId: input.executionId });
  const report = await invoke(world, dispatched, input.executionId);
  if (report === undefined) return;
  const { tenant, jobId, attempt } = input;
  const settle = () => settleAttempt(world.ports(), { tenant, jobId, attempt, report, lookAfter });
  await retried(world, settle);
  if (random.happens(0.05)) await retried(world, settle);
}

/** What came of the invocation; undefined when the execution itself was lost in the middle of it. */
async function invoke(
  { scheduler, random }: RouterWorld,
  running: Running,
  by: string,
): Promise<Report | undefined> {
  const limit = running.attemptTimeoutSeconds * 1000;
  const takes = random.happens(0.1) ? random.whole(limit / 2, limit * 2) : random.whole(1, 20_000);
  await scheduler.sleep(Math.min(takes, limit));
  if (random.happens(0.1)) return undefined;
  if (takes > limit) return { error: { Error: 'States.Timeout', Cause: '' } };
  if (random.happens(0.2))
    return { error: { Error: 'Error', Cause: '{"errorType":"Error","errorMessage":"no"}' } };
  if (random.happens(0.3))
    return { error: { Error: 'Lambda.TooManyRequestsException', Cause: 'Rate Exceeded.' } };
  return { value: { attempt: running.attempt, by } };
}

/** As the router's own retries: four more times, then the execution ends. */
async function retried<Answer>(
  { scheduler, random }: RouterWorld,
  call: () => Promise<Answer>,
): Promise<Answer | undefined> {
  for (let tried = 0; tried < 5; tried += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof InjectedFault)) throw error;
      await scheduler.sleep(random.whole(0, 1000 * 2 ** tried));
    }
  }
  return undefined;
}
