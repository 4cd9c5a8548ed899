import type { Congestion } from '../../ports/capacity-queues.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { firstPauseSeconds, lostTurns, probeAfter, scheduleProbe } from './queue-job.ts';
import { type StartNextDeps, startNext } from './start-next.ts';

export interface ProbeInput extends JobKey {
  readonly attempt: number;
  readonly target: string;
  /** `Congestion.probe` of the probe that is due. */
  readonly probe: number;
}

/**
 * The longest pause between two probes: an Express execution, which ends after 300 s, waits for it. A refused
 * probe adds two transitions to a job, so this limits what a job gathers in a week, its longest possible
 * wait, to about 50 KB.
 */
export const maxPauseSeconds = 240;

/** The maximum number of jobs that one probe starts. */
const maxWidth = 50;

/** How long a probe may take, of the 10 s that the state machine allows. */
const probeBudgetMs = 5000;

/**
 * Probes a congested target: starts as many jobs as it may have capacity for, in addition to those that
 * replace ended attempts. Their number doubles while none is refused; after a refusal it is one again, and
 * the next pause is twice as long. The congestion ends with a probe that finds the queue empty.
 */
export async function probeTarget(deps: StartNextDeps, input: ProbeInput): Promise<void> {
  const { target } = input;
  const found = await deps.queues.read(target);
  if (found?.probe !== input.probe) return;
  deps.congestion.add(target);
  const count = Math.min(Math.max(found.width, lostTurns(found)), maxWidth);
  const { started, isEmpty } = await startNext(deps, {
    target,
    count,
    budgetMs: probeBudgetMs,
  });
  if (started > 0 || !isEmpty) {
    const known = afterProbe(found, started);
    const next = probeAfter(known, Math.max(deps.clock.now(), found.probe + 1));
    await scheduleProbe(deps, { found, next, job: jobOf(input) });
    return;
  }
  if ((await deps.queues.end(target, found.probe)) === 'conflict') return;
  // A job that was queued after the queue was read, but before the end was written, relies on a probe that is
  // over.
  if ((await deps.queues.next(target, 1)).length === 0) return;
  const again = probeAfter(
    { ...found, refusals: 0, started: 0, width: 1, pauseSeconds: firstPauseSeconds },
    deps.clock.now(),
  );
  await scheduleProbe(deps, { found: undefined, next: again, job: jobOf(input) });
}

/**
 * A refusal of a job that the last probe started counts against it. Lost turns are made up for, and say
 * nothing about the capacity. A probe that only removed ended jobs from the queue is followed by another at
 * once.
 */
function afterProbe(found: Congestion, started: number): Congestion {
  const next = { ...found, refusals: 0, started, width: 1, pauseSeconds: firstPauseSeconds };
  if (started === 0) return { ...next, pauseSeconds: 1 };
  if (lostTurns(found) > 0) return next;
  if (found.refusals === 0) return { ...next, width: Math.min(found.width * 2, maxWidth) };
  const pause = Math.max(found.pauseSeconds, firstPauseSeconds) * 2;
  return { ...next, pauseSeconds: Math.min(pause, maxPauseSeconds) };
}

function jobOf({ tenant, jobId, attempt }: ProbeInput) {
  return { tenant, id: jobId, attempt: attempt - 1 };
}
