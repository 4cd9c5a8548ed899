import type { CapacityQueues, Congestion, QueuedJob } from '../../../core/ports/capacity-queues.ts';

/** The in-memory queues of congested targets. */
export function memoryCapacityQueues(): CapacityQueues & {
  /** Every job that waits at a target. */
  waiting(target: string): readonly QueuedJob[];
} {
  const targets = new Map<string, Congestion & { served?: string }>();
  const queues = new Map<string, Map<string, QueuedJob>>();
  const sorted = (target: string) =>
    [...(queues.get(target) ?? [])].sort(([one], [other]) => (one < other ? -1 : 1));
  const read = async (target: string) => {
    const found = targets.get(target);
    if (found === undefined) return undefined;
    const { served: _, ...congestion } = found;
    return congestion;
  };
  return {
    waiting: (target) => sorted(target).map(([, job]) => job),
    congestedTargets: async (now) =>
      [...targets.values()].filter(({ until }) => until > now).map(({ target }) => target),
    read,
    async write(next, expected) {
      const found = targets.get(next.target);
      if (found?.probeId !== expected) return 'conflict';
      targets.set(next.target, { ...found, ...next });
      return 'written';
    },
    async noteRefusal(target) {
      const found = targets.get(target);
      if (found === undefined) return undefined;
      targets.set(target, { ...found, refusals: found.refusals + 1 });
      return read(target);
    },
    async end(target, probe) {
      if (targets.get(target)?.probeId !== probe) return 'conflict';
      targets.delete(target);
      return 'ended';
    },
    async add(target, job) {
      queues.set(target, (queues.get(target) ?? new Map<string, QueuedJob>()).set(keyOf(job), job));
    },
    async next(target, limit) {
      const all = sorted(target);
      const served = targets.get(target)?.served;
      const from = served === undefined ? 0 : all.findIndex(([key]) => key > `${served}#~`);
      const begin = Math.max(from, 0);
      return [...all.slice(begin), ...all.slice(0, begin)].slice(0, limit).map(([, job]) => job);
    },
    async take(target, job) {
      if (queues.get(target)?.delete(keyOf(job)) !== true) return false;
      const found = targets.get(target);
      if (found !== undefined) targets.set(target, { ...found, served: job.tenant });
      return true;
    },
  };
}

function keyOf({ tenant, priority, jobId }: QueuedJob): string {
  return `${tenant}#${String(9999 - priority).padStart(4, '0')}#${jobId}`;
}
