import { applyBatchEvent } from '../../../core/jobs/batch/apply-batch-event.ts';
import { parseBatchJobName } from '../../../core/jobs/model/batch-job-name.ts';
import type { BatchAttempt, BatchDispatcher, BatchJob } from '../../../core/ports/batch-dispatcher.ts';
import { memoryBatch } from '../../support/memory/memory-batch.ts';
import { type Process, retried } from '../process.ts';
import { simulatedWorker } from './simulated-worker.ts';

export interface SimulatedBatch {
  readonly dispatcher: BatchDispatcher;
}

/** The reports of Batch when it ends a job by itself. */
const platformFailures: readonly Partial<BatchJob>[] = [
  { statusReason: 'Your Spot Task was interrupted.' },
  {
    statusReason: 'Essential container in task exited',
    reason: 'OutOfMemoryError: Container killed due to memory usage',
    exitCode: 137,
  },
  { statusReason: 'Host EC2 (instance i-0123456789abcdef0) terminated.' },
  { statusReason: 'Task failed to start', reason: 'CannotPullContainerError: not found' },
];

/**
 * AWS Batch, with containers that report by themselves: a job can wait for a long time or never run, its events are lost,
 * repeated, late and reordered, and it can end without a report of its worker.
 */
export function simulatedBatch(process: Process): SimulatedBatch {
  const batch = memoryBatch();
  const announce = (job: BatchJob) => emitEvents(process, job);
  return {
    dispatcher: {
      // A new job may not be listed yet.
      find: async (jobName) =>
        !process.faultsAreOver() && process.random.happens(0.6) ? undefined : batch.find(jobName),
      describe: batch.describe,
      async submit(attempt) {
        const dispatcherId = await batch.submit(attempt);
        process.scheduler.spawn(() => live({ ...process, batch, announce }, dispatcherId, attempt));
        return dispatcherId;
      },
      async terminate(dispatcherId, reason) {
        const before = await batch.describe(dispatcherId);
        await batch.terminate(dispatcherId, reason);
        const after = await batch.describe(dispatcherId);
        if (after !== undefined && after.status !== before?.status) announce(after);
      },
    },
  };
}

interface Batch extends Process {
  readonly batch: ReturnType<typeof memoryBatch>;
  readonly announce: (job: BatchJob) => void;
}

async function live(process: Batch, id: string, attempt: BatchAttempt): Promise<void> {
  const { random, scheduler, batch, announce } = process;
  const become = (change: Partial<BatchJob>) => announce(batch.become(id, change));
  const hasEnded = async () => (await batch.describe(id))?.status === 'FAILED';
  if (random.happens(0.1)) become({ statusReason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT' });
  await scheduler.sleep(random.happens(0.1) ? random.whole(100_000, 2_000_000) : random.whole(500, 60_000));
  if (await hasEnded()) return;
  become({ status: 'STARTING' });
  await scheduler.sleep(random.whole(0, 5000));
  if (await hasEnded()) return;
  if (random.happens(0.1)) {
    const failure = platformFailures[random.whole(0, platformFailures.length - 1)];
    return become({ status: 'FAILED', ...failure });
  }
  become({ status: 'RUNNING', startedAt: scheduler.now() });
  await run(process, id, attempt);
}

async function run(
  process: Batch,
  id: string,
  { environment, jobName, jobDefinition, tenant }: BatchAttempt,
): Promise<void> {
  const { random, scheduler, batch, announce } = process;
  const name = parseBatchJobName(jobName);
  if (name === undefined) throw new Error(`${jobName} is no name of ours`);
  let isStopped = false;
  const watched = async () => {
    isStopped = (await batch.describe(id))?.status === 'FAILED';
  };
  process.runs.push({ jobId: name.jobId, attempt: name.attempt, by: id, kind: 'ran-on-batch' });
  const worker = {
    url: environment['ERRAND_WORKER_URL'] ?? '',
    token: environment['ERRAND_WORKER_TOKEN'] ?? '',
  };
  scheduler.spawn(async () => {
    while (!isStopped && (await batch.describe(id))?.status === 'RUNNING') {
      await scheduler.sleep(2000);
      await watched();
    }
  });
  const end = await simulatedWorker(process, {
    tenant,
    jobId: name.jobId,
    attempt: name.attempt,
    worker,
    by: id,
    onBatch: true,
    usesSlots: jobDefinition === 'errand-job-mill',
    isStopped: () => isStopped,
  });
  if ((await batch.describe(id))?.status !== 'RUNNING') return;
  await scheduler.sleep(random.whole(0, 3000));
  const isGood = end === 'completed' || (end === 'silent' && random.happens(0.5));
  const failure = {
    status: 'FAILED',
    statusReason: 'Essential container in task exited',
    exitCode: 1,
  } as const;
  announce(batch.become(id, isGood ? { status: 'SUCCEEDED', exitCode: 0 } : failure));
}

/** One event in eight is lost while there are faults; some are repeated or late. */
function emitEvents(process: Process, job: BatchJob): void {
  const { random, scheduler, ports, faultsAreOver } = process;
  if (!faultsAreOver() && random.happens(0.12)) return;
  const copies = random.happens(0.08) ? 2 : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    scheduler.spawn(async () => {
      await scheduler.sleep(random.happens(0.05) ? random.whole(0, 300_000) : random.whole(0, 3000));
      await retried(process, () => applyBatchEvent(ports(), job), 3);
    });
  }
}
