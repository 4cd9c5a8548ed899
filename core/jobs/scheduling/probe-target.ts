import type { Congestion } from '../../ports/capacity-queues.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { firstPauseSeconds, lostTurns, probeAfter, scheduleProbe } from './queue-job.ts';
import { type StartNextDeps, startNext } from './start-next.ts';

export interface ProbeInput extends JobKey {
  readonly attempt: number;
  readonly target: string;
  /** `Congestion.probeId` of the probe that is due. */
  readonly probeId: number;
}

/**
 * The longest pause between two probes. An Express execution waits for it, and ends after 300 s. The pause also
 * limits the size of a job: each refused probe adds two transitions to it, about 50 KB in a week, which is the
 * longest possible wait.
 */
export const maxPauseSeconds = 240;

/** The maximum number of jobs that one probe starts. */
const maxProbeSize = 50;

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
  if (found?.probeId !== input.probeId) return;
  deps.congestion.markCongested(target);
  const count = Math.min(Math.max(found.probeSize, lostTurns(found)), maxProbeSize);
  const { started, isEmpty } = await startNext(deps, {
    target,
    count,
    budgetMs: probeBudgetMs,
  });
  if (started > 0 || !isEmpty) {
    const now = Math.max(deps.clock.now(), found.probeId + 1);
    const next = probeAfter(afterProbe(found, started), now);
    await scheduleProbe(deps, { found, next, job: jobOf(input) });
    return;
  }
  if ((await deps.queues.end(target, found.probeId)) === 'conflict') return;
  // A job may have been queued after the queue was read and before the end was written: no probe would start it.
  if ((await deps.queues.next(target, 1)).length === 0) return;
  const restarted = probeAfter(
    { ...found, refusals: 0, started: 0, probeSize: 1, pauseSeconds: firstPauseSeconds },
    deps.clock.now(),
  );
  await scheduleProbe(deps, { found: undefined, next: restarted, job: jobOf(input) });
}

/**
 * The state of a target after a probe. `found` is the state before it: the refusals since the previous probe, and
 * the number of jobs that the previous probe started.
 *
 * - If this probe only removed ended jobs from the queue, the next one follows after a second.
 * - If more jobs were refused than the previous probe started, turns were lost. This probe has replaced them; the
 *   next one has size 1 and the first pause.
 * - If no job was refused, the next probe has twice the size and the first pause.
 * - Otherwise jobs of the previous probe were refused: the next one has size 1, and its pause is twice as long.
 */
function afterProbe(found: Congestion, started: number): Congestion {
  const next = { ...found, refusals: 0, started, probeSize: 1, pauseSeconds: firstPauseSeconds };
  if (started === 0) return { ...next, pauseSeconds: 1 };
  if (lostTurns(found) > 0) return next;
  if (found.refusals === 0) return { ...next, probeSize: Math.min(found.probeSize * 2, maxProbeSize) };
  const pause = Math.max(found.pauseSeconds, firstPauseSeconds) * 2;
  return { ...next, pauseSeconds: Math.min(pause, maxPauseSeconds) };
}

function jobOf({ tenant, jobId, attempt }: ProbeInput) {
  return { tenant, id: jobId, attempt: attempt - 1 };
}
