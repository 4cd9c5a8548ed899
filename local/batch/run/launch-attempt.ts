import type { CloudModel } from '../../cloud.ts';
import type { RoleTrust } from '../../iam/role-trust.ts';
import { type LogFile, logFileOf } from '../../logs/log-file.ts';
import type { AttemptFault } from '../batch-fault.ts';
import type { Job, JobAttempt } from '../job.ts';
import type { JobDefinition } from '../job-definition.ts';
import { attemptEnvironment } from './attempt-environment.ts';
import type { MemoryWatch } from './memory-watch.ts';
import { type AttemptRun, runAttempt } from './run-attempt.ts';
import { cannotAssume, cannotPull, START_FAILED } from './status-reason.ts';

/** What attempts are started with. */
export interface LaunchDeps {
  readonly model: Pick<CloudModel, 'region'>;
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  readonly trust: RoleTrust;
  readonly memory: MemoryWatch;
  /** Holds a file for each log stream. */
  readonly logDirectory: string;
  /** Endpoint and keys for a job role; what of it there is without one. */
  readonly environmentFor: (jobRoleArn: string | undefined) => Readonly<Record<string, string>>;
  readonly graceMs: number;
  /** Multiplies attempt time limits. */
  readonly timeLimitScale: number;
}

/** Which attempt, and where. */
export interface Launch {
  readonly job: Job;
  readonly attempt: JobAttempt;
  readonly queueName: string;
  readonly environmentName: string;
  readonly fault: AttemptFault | undefined;
}

/** Why the command never ran. */
export interface Refusal {
  readonly statusReason: string;
  readonly reason: string;
}

/** Of containers whose definition names none. https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html */
const DEFAULT_LOG_GROUP = '/aws/batch/job';

/** Starts the command of an attempt, or tells why Fargate would not. */
export function launchAttempt(launch: Launch, deps: LaunchDeps): AttemptRun | Refusal {
  const { job, attempt, fault } = launch;
  const definition = deps.definitions.get(job.definitionArn);
  if (definition === undefined)
    return twice(cannotPull(job.image, 'the template no longer has its job definition'));
  if (fault?.kind === 'image-pull') return twice(cannotPull(job.image, 'not found, a fault on purpose'));
  const distrusted = [job.executionRoleArn, job.jobRoleArn].find(
    (role) => role !== undefined && !deps.trust.mayAssume(role, 'ecs-tasks.amazonaws.com', attempt.taskArn),
  );
  if (distrusted !== undefined) return twice(cannotAssume(distrusted));
  const command = commandOf(job, definition);
  if (command.length === 0) return notStarted('neither the job nor its image has a command');
  try {
    return runAttempt(planOf(launch, command, { deps, definition }), deps.memory);
  } catch (error) {
    return notStarted(error instanceof Error ? error.message : String(error));
  }
}

/** A job's command takes the place of the image's, never of its entrypoint. */
function commandOf(job: Job, { imageCommand }: JobDefinition): readonly string[] {
  return [...imageCommand.entrypoint, ...(job.command.length > 0 ? job.command : imageCommand.command)];
}

function planOf(
  { job, attempt, queueName, environmentName, fault }: Launch,
  command: readonly string[],
  { deps, definition }: { readonly deps: LaunchDeps; readonly definition: JobDefinition },
) {
  const place = { queueName, environmentName, attempt: job.attempts.length + 1 };
  return {
    command,
    directory: definition.directory,
    environment: attemptEnvironment(job, place, {
      model: deps.model,
      added: deps.environmentFor(job.jobRoleArn),
    }),
    logFile: fileOf(attempt, deps),
    logGroup: job.logOptions?.['awslogs-group'] ?? DEFAULT_LOG_GROUP,
    memoryLimitBytes: job.size.memoryMegabytes * 1024 * 1024,
    graceMs: deps.graceMs,
    ...(job.timeoutSeconds === undefined
      ? {}
      : { timeLimitMs: job.timeoutSeconds * 1000 * deps.timeLimitScale }),
    ...(fault?.kind === 'spot-interruption' ? { interruptAfterMs: fault.afterMs } : {}),
  };
}

/** Throws where the prefix of a definition makes a name that is no path. */
function fileOf({ logStreamName }: JobAttempt, { logDirectory }: LaunchDeps): LogFile {
  const file = logFileOf(logDirectory, logStreamName);
  if (file === undefined) throw new Error(`the log stream ${logStreamName} cannot be kept as a file`);
  return file;
}

function twice(text: string): Refusal {
  return { statusReason: text, reason: text };
}

function notStarted(why: string): Refusal {
  return { statusReason: START_FAILED, reason: `CannotStartContainerError: ${why}` };
}
