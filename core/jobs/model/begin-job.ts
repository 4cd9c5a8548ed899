import type { Job, Limits } from './job.ts';

/** How long a job that is not started is kept after its last edit, in milliseconds: 30 days. */
export const draftLifetimeMilliseconds = 30 * 86_400_000;

/** The state in which a job begins to wait to be run. */
export function firstStatus({ dependsOn = [] }: Pick<Job, 'dependsOn'>): 'pending' | 'waiting' {
  return dependsOn.length === 0 ? 'pending' : 'waiting';
}

/** When somebody must first look at a job that waits from `from` on to be run; all in milliseconds. */
export function firstDueAt(limits: Limits, from: number, reconcileAfterMs: number): number {
  return from + Math.min(reconcileAfterMs, limits.queueTimeoutSeconds * 1000, limits.timeoutSeconds * 1000);
}

/** What a job is called that nobody gave a name: as its service, and as what it is while it has none. */
export function impliedName(service: { readonly name: string } | undefined): string {
  return service?.name ?? 'draft';
}

/** The member of a job that tells its priority, which is absent when it is 0. */
export function priorityMember(priority: number | null | undefined): Pick<Job, 'priority'> {
  return priority === undefined || priority === null || priority === 0 ? {} : { priority };
}
