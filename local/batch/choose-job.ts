import type { Job } from './job.ts';
import type { ComputeEnvironment, JobQueue, ShareWeight } from './job-queue.ts';

/** A running job and its compute environment. */
export interface PlacedJob {
  readonly job: Job;
  readonly environment: ComputeEnvironment;
}

/** Decision about the job at the head of a queue. */
export type Choice =
  | { readonly kind: 'place'; readonly job: Job; readonly environment: ComputeEnvironment }
  /** No compute environment of the queue is large enough. */
  | { readonly kind: 'blocked'; readonly job: Job }
  /** No job waits, or the job at the head waits until a running job ends. */
  | { readonly kind: 'wait' };

/** A queue with its waiting jobs, oldest first, and its running jobs. */
export interface Waiting {
  readonly queue: JobQueue;
  readonly waiting: readonly Job[];
  readonly placed: readonly PlacedJob[];
}

/**
 * Decides about the job at the head of a queue only. The jobs behind it wait for it, as on AWS.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
 */
export function chooseJob({ queue, waiting, placed }: Waiting): Choice {
  const head = headOf(queue, waiting, placed);
  if (head === undefined) return { kind: 'wait' };
  const { vcpus } = head.size;
  if (queue.environments.every(({ maximumVcpus }) => maximumVcpus < vcpus))
    return { kind: 'blocked', job: head };
  const environment = queue.environments.find(
    (candidate) =>
      usedVcpus(placed.filter((running) => running.environment.arn === candidate.arn)) + vcpus <=
      candidate.maximumVcpus,
  );
  return environment === undefined ? { kind: 'wait' } : { kind: 'place', job: head, environment };
}

/**
 * Fair share: the share with the least running capacity in relation to its weight comes first; within a
 * share, the highest priority, then the oldest job.
 */
function headOf(queue: JobQueue, waiting: readonly Job[], placed: readonly PlacedJob[]): Job | undefined {
  const { shareWeights } = queue;
  if (shareWeights === undefined) return waiting[0];
  const usage = (share: string | undefined) =>
    usedVcpus(placed.filter(({ job }) => job.queueArn === queue.arn && job.shareIdentifier === share)) *
    weightOf(share ?? '', shareWeights);
  const usages = new Map<string | undefined, number>();
  for (const { shareIdentifier } of waiting)
    if (!usages.has(shareIdentifier)) usages.set(shareIdentifier, usage(shareIdentifier));
  const rank = (job: Job) => [usages.get(job.shareIdentifier) ?? 0, -(job.schedulingPriority ?? 0)] as const;
  return waiting.reduce<Job | undefined>((best, job) => {
    if (best === undefined) return job;
    const [usageOfBest, priorityOfBest] = rank(best);
    const [usageOfJob, priorityOfJob] = rank(job);
    if (best.shareIdentifier !== job.shareIdentifier) return usageOfJob < usageOfBest ? job : best;
    return priorityOfJob < priorityOfBest ? job : best;
  }, undefined);
}

function weightOf(share: string, weights: readonly ShareWeight[]): number {
  const found = weights.find(({ shareIdentifier }) =>
    shareIdentifier.endsWith('*')
      ? share.startsWith(shareIdentifier.slice(0, -1))
      : shareIdentifier === share,
  );
  return found?.weight ?? 1;
}

function usedVcpus(placed: readonly PlacedJob[]): number {
  return placed.reduce((sum, { job }) => sum + job.size.vcpus, 0);
}
