import type { CloudModel } from '../cloud.ts';
import type { EventFacts } from '../events/event.ts';
import { longTimer } from '../events/long-timer.ts';
import type { BatchFaults } from './batch-fault.ts';
import type { Job } from './job.ts';
import { jobArn, jobDetail } from './job-detail.ts';
import type { JobStore, StoredJob } from './job-store.ts';

/** Dependencies of the announcer. */
export interface AnnounceDeps {
  readonly model: Pick<CloudModel, 'accountId' | 'region'>;
  readonly store: JobStore;
  /** Publishes an event. The bus has accepted the event when the call returns. */
  readonly publish: (event: EventFacts) => void;
  readonly fault: NonNullable<BatchFaults['events']>;
}

/** Publishes the events of jobs on the default bus. */
export interface Announcer {
  /**
   * Publishes a change of state. If the bus has not accepted the event, it is published again after a
   * restart.
   */
  changed(stored: StoredJob): void;
  /** Publishes that the job at the head of its queue cannot be placed. */
  blocked(job: Job): void;
  /** Discards delayed events; they are published after a restart. */
  close(): void;
}

const reorderDelayMs = 100;

/**
 * Creates the announcer. It publishes an event for each state except SUBMITTED.
 * https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html
 */
export function createAnnouncer(deps: AnnounceDeps): Announcer {
  const timers = new Set<() => void>();
  let postponed: (() => void) | undefined;
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
  const postpone = (stored: StoredJob): void => {
    const release = (): void => {
      if (postponed !== release) return;
      postponed = undefined;
      send(stored);
    };
    postponed = release;
    later(reorderDelayMs, release);
  };
  return {
    changed: (stored) => {
      const { job, version } = stored;
      const fault = deps.fault({ jobId: job.id, jobName: job.name, status: job.status });
      const earlier = postponed;
      if (fault?.kind === 'drop') deps.store.markAnnounced(job.id, version);
      else if (fault?.kind === 'delay') later(fault.delayMs, () => send(stored));
      else if (fault?.kind === 'untimed') send({ ...stored, job: withoutTimes(job) });
      else if (fault?.kind === 'reorder' && earlier === undefined) postpone(stored);
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
