import type { ResourceRequirement, SubmitJobCommandInput } from '@aws-sdk/client-batch';
import type { BatchAttempt } from '../../core/ports/batch-dispatcher.ts';

/**
 * The tags that identify a Batch job as ours; the rules of infra/events/batch-events.ts match `tenant` and
 * `claim`.
 */
const tagsOf = ({ tenant, jobName, claim }: BatchAttempt) => ({ tenant, job: jobName, claim });

/**
 * Creates the input of SubmitJob for an attempt. The queue has a fair-share policy with one share per tenant.
 * Batch does not retry; Errand does
 * (https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html).
 */
export function toSubmission(
  attempt: BatchAttempt,
  destination: { readonly jobQueue: string; readonly jobDefinition: string },
): SubmitJobCommandInput {
  return {
    jobName: attempt.jobName,
    ...destination,
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

/**
 * Returns letters and digits only, as Batch requires. It is unique, because tenants contain no capital
 * letters.
 */
export function shareIdentifier(tenant: string): string {
  return tenant.replaceAll('-', 'Z');
}

function requirements({ vcpus, memoryMiB, gpus }: BatchAttempt): ResourceRequirement[] {
  const amounts = { VCPU: vcpus, MEMORY: memoryMiB, GPU: gpus } as const;
  return Object.entries(amounts).flatMap(([type, value]) =>
    // The keys of the object above are resource types of Batch.
    value === undefined ? [] : [{ type: type as keyof typeof amounts, value: String(value) }],
  );
}
