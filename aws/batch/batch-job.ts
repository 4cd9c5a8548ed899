import type { JobDetail } from '@aws-sdk/client-batch';
import { batchLog } from '../../core/jobs/batch/batch-log.ts';
import type { BatchJob } from '../../core/ports/batch-dispatcher.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';

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
    ...omitUndefined({
      tenant: detail.tags?.['tenant'],
      claim: detail.tags?.['claim'],
      statusReason: detail.statusReason,
      exitCode: container?.exitCode,
      reason: container?.reason,
      // Every job has this member, so it may be 0 for a job that never started.
      // https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDetail.html
      startedAt: detail.startedAt === 0 ? undefined : detail.startedAt,
      stoppedAt: detail.stoppedAt,
      log: logOf(container),
    }),
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
