import type { JobDetail } from '@aws-sdk/client-batch';
import { batchLog } from '../../core/jobs/batch/batch-log.ts';
import type { BatchJob } from '../../core/ports/batch-dispatcher.ts';

/**
 * Converts a job from DescribeJobs. Throws for a job without ID, name or status, which Batch never returns.
 */
export function toBatchJob(detail: JobDetail): BatchJob {
  const { jobId, jobName, status, container } = detail;
  if (jobId === undefined || jobName === undefined || status === undefined)
    throw new Error(`Batch described a job without ID, name or status: ${JSON.stringify(jobId)}`);
  return {
    dispatcherId: jobId,
    jobName,
    status,
    ...present('tenant', detail.tags?.['tenant']),
    ...present('claim', detail.tags?.['claim']),
    ...present('statusReason', detail.statusReason),
    ...present('exitCode', container?.exitCode),
    ...present('reason', container?.reason),
    // Every job has this member, so it may be 0 for a job that never started.
    // https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDetail.html
    ...present('startedAt', detail.startedAt === 0 ? undefined : detail.startedAt),
    ...present('stoppedAt', detail.stoppedAt),
    ...present('log', logOf(container)),
  };
}

/**
 * Reads the log of a container:
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerDetail.html
 */
function logOf(container: JobDetail['container']) {
  const group = container?.logConfiguration?.options?.['awslogs-group'];
  return batchLog({ group, stream: container?.logStreamName });
}

function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [name in Name]?: Value } {
  // The object has exactly this member, or none.
  return (value === undefined ? {} : { [name]: value }) as { readonly [name in Name]?: Value };
}
