import { join } from 'node:path';
import type { AwsService, CloudModel, Part, Resource } from '../cloud.ts';
import type { EventFacts } from '../events/event.ts';
import { once } from '../events/once.ts';
import { roleTrust } from '../iam/role-trust.ts';
import { endLog, type LogFile, logFileOf, removeLog } from '../logs/log-file.ts';
import { createMemoryWatch } from '../processes/memory-watch.ts';
import { batchChecks, handleBatch } from './api/batch-api.ts';
import type { BatchFaults } from './batch-fault.ts';
import type { JobAttempt } from './job.ts';
import { readJobDefinition, readJobDefinitions } from './job-definition.ts';
import { readJobQueues } from './job-queue.ts';
import { openJobStore } from './job-store.ts';
import { createJobs } from './jobs.ts';
import { createAnnouncer } from './publish-events.ts';
import type { LaunchDeps } from './run/launch-attempt.ts';

/** Options of Batch. */
export interface BatchOptions {
  readonly model: CloudModel;
  /** Jobs are stored in `batch/` below it, their logs in `logs/batch/`. */
  readonly dataDirectory: string;
  /** Publishes an event on the default bus. The bus has accepted it when the call returns. */
  readonly publish: (event: EventFacts) => void;
  /** Returns endpoint and keys for a job role; for a job without a role, the variables that need none. */
  readonly environmentFor: (jobRoleArn: string | undefined) => Readonly<Record<string, string>>;
  /** Receives each line that a container writes. */
  readonly onLine?: LaunchDeps['onLine'];
  /** Factor on the 30 s between SIGTERM and SIGKILL; default 1, smaller in tests. */
  readonly delayScale?: number;
  /** Factor on the time limits of attempts; default 1, smaller in tests. */
  readonly timeLimitScale?: number;
  /** Days for which an ended job can be described; default 7, shorter in tests. */
  readonly keptDays?: number;
  readonly faults?: BatchFaults;
}

/** Batch behind the local endpoint. */
export interface Batch extends AwsService, Part {
  /** Adds a job definition or replaces the one with the same ARN. Attempts that already run are not affected. */
  putDefinition(resource: Resource): void;
  removeDefinition(arn: string): void;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html (stopTimeout) */
const graceMs = 30_000;
const pruneEveryMs = 600_000;
const dayMs = 24 * 3_600_000;
/**
 * Days for which AWS keeps ended jobs at least.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
 */
const keptDays = 7;

/**
 * Starts Batch for the queues and job definitions of the model. Attempts that ran when the process ended have
 * lost their host: their jobs fail, or are retried if their retry strategy allows it. Waiting jobs continue
 * to wait. Throws an error that names the resource if it cannot run locally.
 */
export function startBatch(options: BatchOptions): Batch {
  const { model, dataDirectory, publish, environmentFor, faults = {} } = options;
  const queues = readJobQueues(model);
  const definitions = new Map(readJobDefinitions(model));
  const logDirectory = join(dataDirectory, 'logs', 'batch');
  const store = openJobStore(join(dataDirectory, 'batch'));
  const announcer = createAnnouncer({ model, store, publish, fault: faults.events ?? (() => undefined) });
  const launch = {
    model,
    definitions,
    trust: roleTrust(model),
    memory: createMemoryWatch(),
    logDirectory,
    environmentFor,
    onLine: options.onLine,
    graceMs: graceMs * (options.delayScale ?? 1),
    timeLimitScale: options.timeLimitScale ?? 1,
  };
  const attemptFault = faults.attempts ?? (() => undefined);
  const jobs = createJobs({ model, queues, store, announcer, launch, attemptFault });
  const api = { model, queues, definitions, jobs, store };
  const keptMs = (options.keptDays ?? keptDays) * dayMs;
  const prune = (): void => {
    for (const job of store.prune(Date.now() - keptMs)) forEachLog(job.attempts, logDirectory, removeLog);
  };
  // Programs that ran when the process ended were killed with it and write nothing more.
  for (const { current } of store.open())
    if (current !== undefined) forEachLog([current], logDirectory, endLog);
  prune();
  const pruning = setInterval(prune, pruneEveryMs).unref();
  jobs.resume();
  return {
    signingName: 'batch',
    checks: (request) => batchChecks(request, api),
    handle: async (request) => handleBatch(api, request),
    putDefinition: (resource) => {
      const definition = readJobDefinition(resource);
      definitions.set(definition.arn, definition);
    },
    removeDefinition: (arn) => void definitions.delete(arn),
    stop: once(async () => {
      clearInterval(pruning);
      announcer.close();
      await jobs.close();
      store.close();
    }),
  };
}

function forEachLog(attempts: readonly JobAttempt[], directory: string, act: (file: LogFile) => void): void {
  for (const { logStreamName } of attempts) {
    const file = logFileOf(directory, logStreamName);
    if (file !== undefined) act(file);
  }
}
