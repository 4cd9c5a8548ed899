import type { CloudModel } from '../../cloud.ts';
import { messageOf } from '../../error-message.ts';
import type { RoleTrust } from '../../iam/role-trust.ts';
import { type LogFile, logFileOf } from '../../logs/log-file.ts';
import type { MemoryWatch } from '../../processes/memory-watch.ts';
import type { AttemptFault } from '../batch-fault.ts';
import type { Job, JobAttempt } from '../job.ts';
import type { JobDefinition } from '../job-definition.ts';
import { attemptEnvironment } from './attempt-environment.ts';
import { type AttemptRun, runAttempt } from './run-attempt.ts';
import { cannotAssume, cannotPull, startFailed } from './status-reason.ts';

/** Dependencies of the start of attempts. */
export interface LaunchDeps {
  readonly model: Pick<CloudModel, 'region'>;
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  readonly trust: RoleTrust;
  readonly memory: MemoryWatch;
  /** Directory with a file for each log stream. */
  readonly logDirectory: string;
  /** Returns endpoint and keys for a job role; without a job role, the variables that need no role. */
  readonly environmentFor: (jobRoleArn: string | undefined) => Readonly<Record<string, string>>;
  /** Receives each line that a container writes. */
  readonly onLine?: ((line: ContainerLine) => void) | undefined;
  readonly graceMs: number;
  /** Factor on the time limits of attempts. */
  readonly timeLimitScale: number;
}

/** A line of output, with the environment of the container that wrote it. */
export interface ContainerLine {
  readonly jobName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The attempt to start, with its job. */
export interface Launch {
  readonly job: Job;
  readonly attempt: JobAttempt;
  readonly queueName: string;
  readonly environmentName: string;
  readonly fault: AttemptFault | undefined;
}

/** Reason why the command did not run. */
export interface Refusal {
  readonly statusReason: string;
  readonly reason: string;
}

/**
 * Log group of containers whose definition names none.
 * https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html
 */
const defaultLogGroup = '/aws/batch/job';

/** Starts the command of an attempt, or returns why Fargate would not start it. */
export function launchAttempt(launch: Launch, deps: LaunchDeps): AttemptRun | Refusal {
  const { job, attempt, fault } = launch;
  const definition = deps.definitions.get(job.definitionArn);
  if (definition === undefined)
    return twice(cannotPull(job.image, 'the template no longer has its job definition'));
  if (fault?.kind === 'image-pull') return twice(cannotPull(job.image, 'not found (injected fault)'));
  const distrusted = [job.executionRoleArn, job.jobRoleArn].find(
    (role) => role !== undefined && !deps.trust.mayAssume(role, 'ecs-tasks.amazonaws.com', attempt.taskArn),
  );
  if (distrusted !== undefined) return twice(cannotAssume(distrusted));
  const command = commandOf(job, definition);
  if (command.length === 0) return notStarted('neither the job nor its image has a command');
  try {
    return runAttempt(planOf(launch, command, { deps, definition }), deps.memory);
  } catch (error) {
    return notStarted(messageOf(error));
  }
}

/** A job's command replaces the image's command, never its entrypoint. */
function commandOf(job: Job, { imageCommand }: JobDefinition): readonly string[] {
  return [...imageCommand.entrypoint, ...(job.command.length > 0 ? job.command : imageCommand.command)];
}

function planOf(
  { job, attempt, queueName, environmentName, fault }: Launch,
  command: readonly string[],
  { deps, definition }: { readonly deps: LaunchDeps; readonly definition: JobDefinition },
) {
  const context = { queueName, environmentName, attempt: job.attempts.length + 1 };
  const { onLine } = deps;
  return {
    command,
    directory: definition.directory,
    environment: attemptEnvironment(job, context, {
      model: deps.model,
      added: deps.environmentFor(job.jobRoleArn),
    }),
    onLine: onLine && ((text: string) => onLine({ jobName: job.name, environment: job.environment, text })),
    logFile: fileOf(attempt, deps),
    logGroup: job.logOptions?.['awslogs-group'] ?? defaultLogGroup,
    memoryLimitBytes: job.size.memoryMegabytes * 1024 * 1024,
    graceMs: deps.graceMs,
    ...(job.timeoutSeconds === undefined
      ? {}
      : { timeLimitMs: job.timeoutSeconds * 1000 * deps.timeLimitScale }),
    ...(fault?.kind === 'spot-interruption' ? { interruptAfterMs: fault.afterMs } : {}),
  };
}

/** Throws if the log stream prefix of a definition results in an invalid path. */
function fileOf({ logStreamName }: JobAttempt, { logDirectory }: LaunchDeps): LogFile {
  const file = logFileOf(logDirectory, logStreamName);
  if (file === undefined) throw new Error(`the log stream ${logStreamName} is not a valid file path`);
  return file;
}

function twice(text: string): Refusal {
  return { statusReason: text, reason: text };
}

function notStarted(why: string): Refusal {
  return { statusReason: startFailed, reason: `CannotStartContainerError: ${why}` };
}
