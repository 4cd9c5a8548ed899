import type { ResourceRequirement, SubmitJobCommandInput } from '@aws-sdk/client-batch';
import type { BatchAttempt } from '../../core/ports/batch-dispatcher.ts';

/** Tags by which a Batch job is told to be ours; the rules of infra/events/batch-events.ts know the first and the last. */
const tagsOf = ({ tenant, jobName, claim }: BatchAttempt) => ({ tenant, job: jobName, claim });

/**
 * The call that has Batch run an attempt. The queue has a fair-share policy, in which a tenant is a share; ours are the
 * only retries (https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html).
 */
export function toSubmission(
  attempt: BatchAttempt,
  place: { readonly jobQueue: string; readonly jobDefinition: string },
): SubmitJobCommandInput {
  return {
    jobName: attempt.jobName,
    ...place,
    shareIdentifier: shareIdentifier(attempt.tenant),
    schedulingPriorityOverride: attempt.priority,
    retryStrategy: { attempts: 1 },
    timeout: { attemptDurationSeconds: attempt.attemptTimeoutSeconds },
    tags: tagsOf(attempt),
    containerOverrides: {
      ...(attempt.command === undefined ? {} : { command: [...attempt.command] }),
      environment: Object.entries(attempt.environment).map(([name, value]) => ({ name, value })),
      resourceRequirements: requirements(attempt),
    },
  };
}

/** Letters and digits only, as shares must be; no two tenants have the same, for theirs has no capital. */
export function shareIdentifier(tenant: string): string {
  return tenant.replaceAll('-', 'Z');
}

function requirements({ vcpus, memoryMiB, gpus }: BatchAttempt): ResourceRequirement[] {
  const wanted = { VCPU: vcpus, MEMORY: memoryMiB, GPU: gpus } as const;
  return Object.entries(wanted).flatMap(([type, value]) =>
    // The keys of the object above are types that Batch knows.
    value === undefined ? [] : [{ type: type as keyof typeof wanted, value: String(value) }],
  );
}
