import type { CloudModel } from '../cloud.ts';
import type { EventFacts } from '../events/event.ts';
import { longTimer } from '../events/long-timer.ts';
import type { BatchFaults } from './batch-fault.ts';
import type { Job } from './job.ts';
import { jobArn, jobDetail } from './job-detail.ts';
import type { JobStore, StoredJob } from './job-store.ts';

/** What telling the bus needs. */
export interface AnnounceDeps {
  readonly model: Pick<CloudModel, 'accountId' | 'region'>;
  readonly store: JobStore;
  /** Has taken the event once it returns. */
  readonly publish: (event: EventFacts) => void;
  readonly fault: NonNullable<BatchFaults['events']>;
}

/** Tells the default bus what becomes of jobs. */
export interface Announcer {
  /** Tells a change of state. One that the bus has not taken is told again after a restart. */
  changed(stored: StoredJob): void;
  /** Tells that a job at the head of its queue cannot be placed. */
  blocked(job: Job): void;
  /** Leaves what is held back untold. */
  close(): void;
}

const REORDER_HOLD_MS = 100;

/**
 * Builds the announcer. An event is sent for each state but SUBMITTED.
 * https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html
 */
export function createAnnouncer(deps: AnnounceDeps): Announcer {
  const timers = new Set<() => void>();
  let held: (() => void) | undefined;
  const later = (delayMs: number, act: () => void): void => {
    const cancel = longTimer(delayMs, () => {
      timers.delete(cancel);
      act();
    });
    timers.add(cancel);
  };
  const send = ({ job, version }: StoredJob): void => {
    deps.publish(factsOf(job, 'Batch Job State Change', [jobArn(deps.model, job.id)]));
    deps.store.markAnnounced(job.id, version);
  };
  const hold = (stored: StoredJob): void => {
    const release = (): void => {
      if (held !== release) return;
      held = undefined;
      send(stored);
    };
    held = release;
    later(REORDER_HOLD_MS, release);
  };
  return {
    changed: (stored) => {
      const { job, version } = stored;
      const fault = deps.fault({ jobId: job.id, jobName: job.name, status: job.status });
      const earlier = held;
      if (fault?.kind === 'drop') deps.store.markAnnounced(job.id, version);
      else if (fault?.kind === 'delay') later(fault.delayMs, () => send(stored));
      else if (fault?.kind === 'untimed') send({ ...stored, job: withoutTimes(job) });
      else if (fault?.kind === 'reorder' && earlier === undefined) hold(stored);
      else send(stored);
      if (fault?.kind === 'duplicate') send(stored);
      earlier?.();
    },
    blocked: (job) =>
      deps.publish(factsOf(job, 'Batch Job Queue Blocked', [jobArn(deps.model, job.id), job.queueArn])),
    close: () => {
      for (const cancel of timers) cancel();
    },
  };
}

function withoutTimes(job: Job): Job {
  const { startedAtMs: _, stoppedAtMs: __, ...rest } = job;
  const attempts = job.attempts.map(({ startedAtMs: _, stoppedAtMs: __, ...attempt }) => attempt);
  return { ...rest, attempts };
}

function factsOf(job: Job, detailType: string, arns: readonly [jobArn: string, ...string[]]): EventFacts {
  return { source: 'aws.batch', detailType, resources: arns, detail: jobDetail(job, arns[0]) };
}
