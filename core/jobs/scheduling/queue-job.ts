import type { CapacityQueues, Congestion } from '../../ports/capacity-queues.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExecutionStarter } from '../../ports/execution-starter.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';
import type { Job } from '../model/job.ts';
import type { KnownCongestion } from './known-congestion.ts';

/** Ports of everything that queues jobs and lets them have their turns. */
export interface CapacityDeps {
  readonly queues: CapacityQueues;
  readonly congestion: KnownCongestion;
  readonly executions: ExecutionStarter;
  readonly clock: Clock;
  readonly log: Log;
}

/** Seconds from the first refusal to the first probe. */
export const firstPauseSeconds = 5;

/** A probe that comes within this time is soon enough. */
const soonMilliseconds = 10_000;

/** A probe that is later than this has been lost, and another one takes its place. */
const lateMilliseconds = 15_000;

/** How long a target counts as congested after its next probe was due, if no probe runs. */
const memoryMilliseconds = 60_000;

/**
 * Queues a job for its turn at a target, and makes sure that a probe will come: what is queued starts when attempts at the
 * target end, and by the probe if none does. The job is added before the probe is looked for, so that a probe which finds
 * the queue empty and ends the congestion never leaves the job behind.
 */
export async function queueJob(deps: CapacityDeps, target: string, job: Job): Promise<void> {
  const { tenant, id: jobId, priority = 0 } = job;
  await deps.queues.add(target, { tenant, jobId, priority }, deps.clock.now());
  const found = await deps.queues.read(target);
  if (found === undefined || deps.clock.now() > found.probeAt + lateMilliseconds)
    await scheduleProbe(deps, { found, next: firstProbe(deps, target), job });
  deps.congestion.add(target);
}

/** The same for a job whose attempt the target has just refused. */
export async function queueRefused(deps: CapacityDeps, target: string, job: Job): Promise<void> {
  await queueJob(deps, target, job);
  const found = await deps.queues.noteRefusal(target);
  if (found !== undefined) await probeSooner(deps, found, job);
}

/**
 * More refusals than the last probe started jobs are turns of ended attempts that came to nothing: so many places are free, or soon
 * will be, and no end will fill them. They are not left until a probe that is far away.
 */
async function probeSooner(deps: CapacityDeps, found: Congestion, job: Job): Promise<void> {
  const now = deps.clock.now();
  if (lostTurns(found) === 0 || found.probeAt - now <= soonMilliseconds) return;
  const next = probeAfter({ ...found, pauseSeconds: firstPauseSeconds }, Math.max(now, found.probe + 1));
  await scheduleProbe(deps, { found, next, job });
}

/** How many refusals were none of the jobs that the last probe started. */
export function lostTurns({ refusals, started }: Pick<Congestion, 'refusals' | 'started'>): number {
  return Math.max(0, refusals - started);
}

function firstProbe({ clock }: CapacityDeps, target: string): Congestion {
  const known = { target, refusals: 0, started: 0, width: 1, pauseSeconds: firstPauseSeconds };
  return probeAfter(known, clock.now());
}

/** What is known of a target whose next probe comes after its pause; `now` also identifies the probe. */
export function probeAfter(known: Omit<Congestion, 'probe' | 'probeAt' | 'until'>, now: number): Congestion {
  const probeAt = now + known.pauseSeconds * 1000;
  return { ...known, probe: now, probeAt, until: probeAt + memoryMilliseconds };
}

/**
 * Writes the next probe and starts the execution that waits for it; of many that do so at once, one succeeds. An execution
 * that cannot be started leaves a probe that is late.
 */
export async function scheduleProbe(
  deps: CapacityDeps,
  {
    found,
    next,
    job: { tenant, id, attempt },
  }: { readonly found: Congestion | undefined; readonly next: Congestion; readonly job: ProbedJob },
): Promise<void> {
  if ((await deps.queues.write(next, found?.probe)) === 'conflict') return;
  const { target, probe, pauseSeconds: delaySeconds } = next;
  const input = { tenant, jobId: id, attempt: attempt + 1, start: 1, delaySeconds, probe: { target, probe } };
  try {
    await deps.executions.start('express', input);
  } catch (error) {
    const cause = asError(error);
    deps.log.warn('probe-not-started', { target, error: cause });
  }
}

/** A job names the execution of a probe, which does nothing to that job. */
type ProbedJob = Pick<Job, 'tenant' | 'id' | 'attempt'>;
