import type { Job, Limits } from './job.ts';

/** How long a draft is kept after its last edit, in milliseconds: 30 days. */
export const draftLifetimeMs = 30 * 86_400_000;

/** The first status of a job that is to run: `waiting` if it has dependencies, else `pending`. */
export function firstStatus({ dependsOn = [] }: Pick<Job, 'dependsOn'>): 'pending' | 'waiting' {
  return dependsOn.length === 0 ? 'pending' : 'waiting';
}

/** When the reconciler first checks a job that has waited since `from`; both in epoch milliseconds. */
export function firstCheckAt(limits: Limits, from: number, reconcileAfterMs: number): number {
  return from + Math.min(reconcileAfterMs, limits.queueTimeoutSeconds * 1000, limits.timeoutSeconds * 1000);
}

/** The default name of a job: the name of its service, or `draft` if it has no service. */
export function impliedName(service: { readonly name: string } | undefined): string {
  return service?.name ?? 'draft';
}

/** The `priority` member of a job; absent if the priority is 0. */
export function priorityMember(priority: number | null | undefined): Pick<Job, 'priority'> {
  return priority === undefined || priority === null || priority === 0 ? {} : { priority };
}
