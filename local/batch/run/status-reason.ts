/**
 * A container that ended by itself, successfully or not.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
export const containerEnded = 'Essential container in task exited';

/** A container that did not start. */
export const startFailed = 'Task failed to start';

/** https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html */
export const timedOut = 'Job attempt duration exceeded timeout';

/**
 * Reason of the container, not of the job.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/out-of-memory.html
 */
export const outOfMemory = 'OutOfMemoryError: Container killed due to memory usage';

/**
 * Fargate Spot capacity that was reclaimed.
 * https://repost.aws/knowledge-center/fargate-spot-termination-notice
 */
export const spotInterrupted = 'Your Spot Task was interrupted.';

/**
 * A host that was lost during a job, which is how the end of this process appears to a job. Fargate has no
 * such message; this is Batch's message on EC2, and retry rules match its beginning.
 * https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_batch.Reason.html
 */
export const hostLost = 'Host EC2 (instance i-00000000000000000) terminated.';

/** https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html */
export const tooLarge =
  'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.';

/** The same for every other requirement; used only for an injected fault. */
export const noCapacity =
  'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.';

/** Message of an image that could not be pulled; also the reason of the container. */
export function cannotPull(image: string, why: string): string {
  return `CannotPullContainerError: ${image}: ${why}`;
}

/**
 * A role whose trust policy does not allow `ecs-tasks.amazonaws.com`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export function cannotAssume(roleArn: string): string {
  return `ECS was unable to assume the role '${roleArn}' that was provided for this task.`;
}
