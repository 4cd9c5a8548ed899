import type { CloudModel } from '../cloud.ts';
import type { JsonRecord } from '../json.ts';
import type { Job, JobAttempt } from './job.ts';

/** Returns the ARN of a job, or of all jobs if the id is `*`. */
export function jobArn(model: Pick<CloudModel, 'accountId' | 'region'>, jobId: string): string {
  return `arn:aws:batch:${model.region}:${model.accountId}:job/${jobId}`;
}

/**
 * Describes a job as DescribeJobs and events do.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDetail.html
 */
export function jobDetail(job: Job, arn: string): JsonRecord {
  return present({
    jobArn: arn,
    jobName: job.name,
    jobId: job.id,
    jobQueue: job.queueArn,
    status: job.status,
    statusReason: job.statusReason,
    shareIdentifier: job.shareIdentifier,
    schedulingPriority: job.schedulingPriority,
    attempts: job.attempts.map(attemptDetail),
    createdAt: job.createdAtMs,
    startedAt: job.startedAtMs,
    stoppedAt: job.stoppedAtMs,
    retryStrategy: { attempts: job.maximumAttempts, evaluateOnExit: [] },
    dependsOn: [],
    jobDefinition: job.definitionArn,
    parameters: job.parameters,
    container: containerDetail(job),
    timeout: job.timeoutSeconds === undefined ? undefined : { attemptDurationSeconds: job.timeoutSeconds },
    tags: job.tags,
    propagateTags: job.propagateTags,
    platformCapabilities: ['FARGATE'],
    isCancelled: false,
    isTerminated: job.isTerminated,
  });
}

/**
 * Describes a job as ListJobs does. https://docs.aws.amazon.com/batch/latest/APIReference/API_JobSummary.html
 */
export function jobSummary(job: Job, arn: string): JsonRecord {
  const { exitCode, reason } = job.current ?? job.attempts.at(-1) ?? {};
  return present({
    jobArn: arn,
    jobId: job.id,
    jobName: job.name,
    createdAt: job.createdAtMs,
    status: job.status,
    statusReason: job.statusReason,
    startedAt: job.startedAtMs,
    stoppedAt: job.stoppedAtMs,
    jobDefinition: job.definitionArn,
    container: present({ exitCode, reason }),
  });
}

function attemptDetail(attempt: JobAttempt): JsonRecord {
  const { taskArn, exitCode, reason } = attempt;
  const logStreamName = logStreamOf(attempt);
  return present({
    container: present({ taskArn, exitCode, reason, logStreamName, networkInterfaces: [] }),
    startedAt: attempt.startedAtMs,
    stoppedAt: attempt.stoppedAtMs,
    statusReason: attempt.statusReason,
  });
}

/** Describes the container, including the result of its last attempt. */
function containerDetail(job: Job): JsonRecord {
  const attempt = job.current ?? job.attempts.at(-1);
  const { taskArn, exitCode, reason } = attempt ?? {};
  return present({
    image: job.image,
    command: job.command,
    jobRoleArn: job.jobRoleArn,
    executionRoleArn: job.executionRoleArn,
    volumes: [],
    environment: Object.entries(job.environment).map(([name, value]) => ({ name, value })),
    mountPoints: [],
    ulimits: [],
    networkInterfaces: [],
    resourceRequirements: [
      { value: String(job.size.vcpus), type: 'VCPU' },
      { value: String(job.size.memoryMegabytes), type: 'MEMORY' },
    ],
    secrets: [],
    logConfiguration: logConfigurationOf(job),
    taskArn,
    exitCode,
    reason,
    logStreamName: attempt && logStreamOf(attempt),
  });
}

/**
 * An attempt has a log stream from its state RUNNING on.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerDetail.html
 */
function logStreamOf({ startedAtMs, logStreamName }: JobAttempt): string | undefined {
  return startedAtMs === undefined ? undefined : logStreamName;
}

/** Present only if the definition has log options. */
function logConfigurationOf({ logOptions = {} }: Job): JsonRecord | undefined {
  if (Object.keys(logOptions).length === 0) return undefined;
  return { logDriver: 'awslogs', options: logOptions, secretOptions: [] };
}

function present(members: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
