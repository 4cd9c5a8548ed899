import type { CloudModel } from '../cloud.ts';
import type { AttemptFault, BatchFaults } from './batch-fault.ts';
import { chooseJob, type PlacedJob } from './choose-job.ts';
import { hasEnded, isUnderWay, type Job } from './job.ts';
import type { ComputeEnvironment, JobQueue } from './job-queue.ts';
import type { JobStore } from './job-store.ts';
import { afterAttempt, asStarting, endedEarly, newAttempt } from './next-job.ts';
import type { Announcer } from './publish-events.ts';
import { type LaunchDeps, launchAttempt } from './run/launch-attempt.ts';
import type { AttemptEnd, AttemptRun } from './run/run-attempt.ts';
import { hostLost, noCapacity, tooLarge } from './run/status-reason.ts';

/** Dependencies of the jobs. */
export interface JobsDeps {
  readonly model: Pick<CloudModel, 'accountId' | 'region'>;
  readonly queues: readonly JobQueue[];
  readonly store: JobStore;
  readonly announcer: Announcer;
  readonly launch: LaunchDeps;
  readonly attemptFault: NonNullable<BatchFaults['attempts']>;
}

/** The jobs that have not ended. They are submitted, placed, ended, and resumed after a restart. */
export interface Jobs {
  /** Stores the job and makes it eligible to run. */
  submit(job: Job): void;
  /** Ends a job in any state; a job that has ended is not changed. */
  terminate(job: Job, reason: string): void;
  /**
   * Resumes the jobs that had not ended when the process ended: running attempts are lost, waiting jobs
   * continue to wait.
   */
  resume(): void;
  /** Kills all programs. Their jobs are not ended, so that the next start finds their attempts lost. */
  close(): Promise<void>;
}

interface JobsState extends JobsDeps {
  /** Jobs that have not ended, oldest first. */
  readonly open: Map<string, Job>;
  readonly runs: Map<string, { readonly run: AttemptRun; readonly environment: ComputeEnvironment }>;
  /** Fault of the next or current attempt by job id. */
  readonly faults: Map<string, AttemptFault | undefined>;
  /** True if a scheduling pass is already pending. */
  woken: boolean;
  closed: boolean;
}

/** Creates the jobs over their store. Nothing runs before `submit` or `resume`. */
export function createJobs(deps: JobsDeps): Jobs {
  const state: JobsState = {
    ...deps,
    open: new Map(),
    runs: new Map(),
    faults: new Map(),
    woken: false,
    closed: false,
  };
  return {
    submit: (job) => {
      state.store.insert(job);
      state.open.set(job.id, job);
      wake(state);
    },
    terminate: (job, reason) => terminate(job, reason, state),
    resume: () => {
      for (const stored of state.store.unannounced()) state.announcer.changed(stored);
      for (const job of state.store.open()) {
        state.open.set(job.id, job);
        if (isUnderWay(job)) settle(job.id, lost(), state);
        else if (job.status === 'RUNNABLE') requestFault(job, state);
      }
      wake(state);
    },
    close: async () => {
      state.closed = true;
      for (const { run } of state.runs.values()) run.kill();
      await Promise.all([...state.runs.values()].map(({ run }) => run.ended));
    },
  };
}

/** Stores and publishes a job's new state. */
function change(job: Job, state: JobsState): void {
  state.open.set(job.id, job);
  if (job.status === 'RUNNABLE') requestFault(job, state);
  if (hasEnded(job)) {
    state.open.delete(job.id);
    state.faults.delete(job.id);
  }
  state.announcer.changed(state.store.update(job));
}

function requestFault(job: Job, state: JobsState): void {
  const { id, name, definitionArn, attempts } = job;
  const passing = { jobId: id, jobName: name, definitionArn, attempt: attempts.length + 1 };
  state.faults.set(id, state.attemptFault(passing));
}

/** Stores a change that is not a change of state and therefore has no event. */
function note(job: Job, state: JobsState): void {
  state.open.set(job.id, job);
  const { version } = state.store.update(job);
  state.store.markAnnounced(job.id, version);
}

/**
 * Starts a scheduling pass after the response to the current request was sent; requests until then share it.
 */
function wake(state: JobsState): void {
  if (state.woken) return;
  state.woken = true;
  setImmediate(() => {
    state.woken = false;
    if (state.closed) return;
    for (const job of state.open.values()) admit(job, state);
    for (const queue of state.queues) while (placeHead(queue, state));
  });
}

/**
 * Only a job that depends on another job is PENDING first, and dependencies are not supported.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
 */
function admit(job: Job, state: JobsState): void {
  if (job.status === 'SUBMITTED') change({ ...job, status: 'RUNNABLE' }, state);
}

/** Places the job at the head of a queue. Returns false if the job has to wait. */
function placeHead(queue: JobQueue, state: JobsState): boolean {
  const waiting = [...state.open.values()].filter(
    (job) => job.status === 'RUNNABLE' && job.queueArn === queue.arn,
  );
  const placed = [...state.runs].flatMap(([id, { environment }]): PlacedJob[] => {
    const job = state.open.get(id);
    return job === undefined ? [] : [{ job, environment }];
  });
  const choice = chooseJob({ queue, waiting, placed });
  if (choice.kind === 'wait') return false;
  const hasNoCapacity = state.faults.get(choice.job.id)?.kind === 'no-capacity';
  if (choice.kind === 'blocked' || hasNoCapacity) {
    reportBlocked(choice.job, hasNoCapacity ? noCapacity : tooLarge, state);
    return false;
  }
  start(choice.job, { queue, environment: choice.environment }, state);
  return true;
}

function reportBlocked(job: Job, statusReason: string, state: JobsState): void {
  if (job.statusReason === statusReason) return;
  const blocked = { ...job, statusReason };
  note(blocked, state);
  state.announcer.blocked(blocked);
}

interface Placement {
  readonly queue: JobQueue;
  readonly environment: ComputeEnvironment;
}

/**
 * STARTING is stored before the command starts: an attempt that a crash interrupts in this state may have run
 * and counts as an attempt.
 */
function start(job: Job, { queue, environment }: Placement, state: JobsState): void {
  const attempt = newAttempt(job, environment, state.model);
  const starting = asStarting(job, attempt);
  change(starting, state);
  const launched = launchAttempt(
    {
      job: starting,
      attempt,
      queueName: queue.name,
      environmentName: environment.name,
      fault: state.faults.get(job.id),
    },
    state.launch,
  );
  if (!('ended' in launched)) {
    settle(job.id, { ...launched, stoppedAtMs: Date.now(), outcome: 'failed' }, state);
    return;
  }
  const { startedAtMs } = launched;
  state.runs.set(job.id, { run: launched, environment });
  change({ ...starting, status: 'RUNNING', startedAtMs, current: { ...attempt, startedAtMs } }, state);
  void launched.ended.then((end) => {
    if (state.closed) return;
    state.runs.delete(job.id);
    settle(job.id, end, state);
    wake(state);
  });
}

function settle(id: string, end: AttemptEnd, state: JobsState): void {
  const job = state.open.get(id);
  if (job !== undefined) change(afterAttempt(job, end), state);
}

function lost(): AttemptEnd {
  return { stoppedAtMs: Date.now(), statusReason: hostLost, outcome: 'failed' };
}

/**
 * The termination is stored before it is executed, so that a crash between both does not let the job run
 * again.
 */
function terminate(job: Job, reason: string, state: JobsState): void {
  if (hasEnded(job) || job.terminationReason !== undefined) return;
  if (!isUnderWay(job)) {
    change(endedEarly(job, reason), state);
    wake(state);
    return;
  }
  note({ ...job, terminationReason: reason, isTerminated: true }, state);
  state.runs.get(job.id)?.run.stop(reason);
}
