import type { CapacityQueues, Congestion } from '../../ports/capacity-queues.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExecutionStarter } from '../../ports/execution-starter.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';
import type { Job } from '../model/job.ts';
import type { CongestionCache } from './congestion-cache.ts';

/** Ports of all use cases that queue jobs and start queued ones. */
export interface CapacityDeps {
  readonly queues: CapacityQueues;
  readonly congestion: CongestionCache;
  readonly executions: ExecutionStarter;
  readonly clock: Clock;
  readonly log: Log;
}

/** Seconds from the first refusal to the first probe. */
export const firstPauseSeconds = 5;

/** A probe that is due within this time is not brought forward. */
const acceptableDelayMs = 10_000;

/** A probe that has not run this long after it was due is considered lost and is replaced. */
const lostProbeMs = 15_000;

/** How long a target stays congested after its next probe was due, if no probe runs. */
const congestionMemoryMs = 60_000;

/**
 * Queues a job at a target and makes sure that a probe is scheduled: queued jobs start when attempts at the
 * target end, or else by a probe. The job is added before the probe is read, so that a probe which finds the
 * queue empty and ends the congestion never leaves the job behind.
 */
export async function queueJob(deps: CapacityDeps, target: string, job: Job): Promise<void> {
  const { tenant, id: jobId, priority = 0 } = job;
  await deps.queues.add(target, { tenant, jobId, priority }, deps.clock.now());
  const found = await deps.queues.read(target);
  if (found === undefined || deps.clock.now() > found.probeAt + lostProbeMs)
    await scheduleProbe(deps, { found, next: firstProbe(deps, target), job });
  deps.congestion.markCongested(target);
}

/** Queues a job whose attempt the target has just refused. */
export async function queueRefused(deps: CapacityDeps, target: string, job: Job): Promise<void> {
  await queueJob(deps, target, job);
  const found = await deps.queues.noteRefusal(target);
  if (found !== undefined) await probeSooner(deps, found, job);
}

/**
 * Brings the next probe forward if turns of ended attempts were lost, because there were more refusals than
 * jobs that the last probe started. That many attempts could run, now or soon, and no end of an attempt will
 * start them.
 */
async function probeSooner(deps: CapacityDeps, found: Congestion, job: Job): Promise<void> {
  const now = deps.clock.now();
  if (lostTurns(found) === 0 || found.probeAt - now <= acceptableDelayMs) return;
  const next = probeAfter({ ...found, pauseSeconds: firstPauseSeconds }, Math.max(now, found.probeId + 1));
  await scheduleProbe(deps, { found, next, job });
}

/** The number of refusals of jobs that the last probe did not start. */
export function lostTurns({ refusals, started }: Pick<Congestion, 'refusals' | 'started'>): number {
  return Math.max(0, refusals - started);
}

function firstProbe({ clock }: CapacityDeps, target: string): Congestion {
  const state = { target, refusals: 0, started: 0, probeSize: 1, pauseSeconds: firstPauseSeconds };
  return probeAfter(state, clock.now());
}

/** The state of a target whose next probe follows after its pause; `now` also identifies the probe. */
export function probeAfter(
  state: Omit<Congestion, 'probeId' | 'probeAt' | 'until'>,
  now: number,
): Congestion {
  const probeAt = now + state.pauseSeconds * 1000;
  return { ...state, probeId: now, probeAt, until: probeAt + congestionMemoryMs };
}

/**
 * Writes the next probe and starts the execution that waits for it; of several concurrent calls, one
 * succeeds. If the execution cannot be started, the probe is late and will be replaced.
 */
export async function scheduleProbe(
  deps: CapacityDeps,
  {
    found,
    next,
    job: { tenant, id, attempt },
  }: { readonly found: Congestion | undefined; readonly next: Congestion; readonly job: ProbeJobKey },
): Promise<void> {
  if ((await deps.queues.write(next, found?.probeId)) === 'conflict') return;
  const { target, probeId: probe, pauseSeconds: delaySeconds } = next;
  const input = { tenant, jobId: id, attempt: attempt + 1, start: 1, delaySeconds, probe: { target, probe } };
  try {
    await deps.executions.start('express', input);
  } catch (error) {
    const cause = asError(error);
    deps.log.warn('probe-not-started', { target, error: cause });
  }
}

/** The execution of a probe carries the key of a job, but does nothing to that job. */
type ProbeJobKey = Pick<Job, 'tenant' | 'id' | 'attempt'>;
