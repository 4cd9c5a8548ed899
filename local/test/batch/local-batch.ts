import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Batch, type BatchOptions, startBatch } from '../../batch/start-batch.ts';
import type { AwsRequest } from '../../cloud.ts';
import type { EventFacts } from '../../events/event.ts';
import { type LogTimes, logFileOf, timesUntilNow } from '../../logs/log-file.ts';
import { until } from '../fixture/until.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';
import { batchModel, type StackOptions } from './batch-stack.ts';

/** The members of a described job that the tests use. */
export interface DescribedJob {
  readonly jobId: string;
  readonly jobArn: string;
  readonly jobName: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly createdAt: number;
  readonly isTerminated: boolean;
  readonly attempts: ReadonlyArray<{
    readonly statusReason?: string;
    readonly startedAt?: number;
    readonly stoppedAt?: number;
    readonly container: {
      readonly exitCode?: number;
      readonly reason?: string;
      readonly logStreamName: string;
    };
  }>;
  readonly container: {
    readonly exitCode?: number;
    readonly reason?: string;
    readonly logStreamName?: string;
    readonly command: readonly string[];
    readonly environment: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  };
  readonly [member: string]: unknown;
}

/** Batch on a data folder, called without the endpoint. */
export interface LocalBatch {
  readonly batch: Batch;
  readonly events: readonly EventFacts[];
  readonly dataDirectory: string;
  call(operation: string, body: object): Promise<Readonly<Record<string, unknown>>>;
  /** Submits a job, by default to the queue `jobs`, and returns its id. */
  submit(request?: Readonly<Record<string, unknown>>): Promise<string>;
  describe(jobId: string): Promise<DescribedJob>;
  /** Waits until the job is in the state. */
  reached(jobId: string, status: string): Promise<DescribedJob>;
  ended(jobId: string): Promise<DescribedJob>;
  /** Waits until the running attempt has written a line and returns the line. */
  firstLine(jobId: string): Promise<string>;
  /** Returns the output of the job's last attempt. */
  log(job: DescribedJob): string;
  /** Returns the recorded times of a log stream; undefined if it does not exist. */
  times(stream: string | undefined): LogTimes | undefined;
  /** Returns the published states of a job in order. */
  states(jobId: string): readonly string[];
}

/** A submission whose container runs this shell script. */
export function script(text: string): Readonly<Record<string, unknown>> {
  return { containerOverrides: { command: ['sh', '-c', text] } };
}

/** A submission whose container runs this Node.js program. */
export function program(text: string): Readonly<Record<string, unknown>> {
  return { containerOverrides: { command: ['node', '-e', text] } };
}

/** Starts Batch. It stops when the test has finished, unless the test stops it earlier. */
export function localBatch(
  options: Partial<BatchOptions> & { readonly stack?: StackOptions } = {},
): LocalBatch {
  const { stack, ...rest } = options;
  const events: EventFacts[] = [];
  const dataDirectory = rest.dataDirectory ?? temporaryDirectory();
  const batch = startBatch({
    model: batchModel(stack),
    publish: (event) => events.push(structuredClone(event)),
    environmentFor: () => ({}),
    delayScale: 0.02,
    ...rest,
    dataDirectory,
  });
  onTestFinished(() => batch.stop());
  const call: LocalBatch['call'] = async (operation, body) => {
    const request = operatorRequest(operation, body);
    if (batch.checks(request).length === 0) throw new Error(`${operation} needs no permission`);
    const answer = await batch.handle(request);
    return JSON.parse(String(answer.body)) as Readonly<Record<string, unknown>>;
  };
  const describe: LocalBatch['describe'] = async (jobId) => {
    const { jobs } = (await call('describejobs', { jobs: [jobId] })) as { jobs: readonly DescribedJob[] };
    const [job] = jobs;
    if (job === undefined) throw new Error(`no job ${jobId}`);
    return job;
  };
  const reached: LocalBatch['reached'] = (jobId, status) =>
    until(`${jobId} is ${status}`, async () => {
      const job = await describe(jobId);
      if (job.status !== status && ['SUCCEEDED', 'FAILED'].includes(job.status))
        throw new Error(`the job ended as ${job.status}: ${job.statusReason}`);
      return job.status === status ? job : undefined;
    });
  const written: LocalBatch['log'] = ({ container }) =>
    readFileSync(join(dataDirectory, 'logs', 'batch', `${container.logStreamName}.log`), 'utf8');
  return {
    batch,
    events,
    dataDirectory,
    call,
    describe,
    reached,
    submit: async (request = {}) => {
      const whole = { jobName: 'one', jobQueue: 'jobs', jobDefinition: 'work', ...request };
      return String((await call('submitjob', whole))['jobId']);
    },
    ended: (jobId) =>
      until(`${jobId} has ended`, async () => {
        const job = await describe(jobId);
        return ['SUCCEEDED', 'FAILED'].includes(job.status) ? job : undefined;
      }),
    firstLine: async (jobId) => {
      const job = await reached(jobId, 'RUNNING');
      return until('a line', () => written(job).split('\n')[0]);
    },
    log: written,
    times: (stream = '') => {
      const file = logFileOf(join(dataDirectory, 'logs', 'batch'), stream);
      return file && timesUntilNow(file);
    },
    states: (jobId) =>
      events
        .filter(
          ({ detail, detailType }) => detail['jobId'] === jobId && detailType === 'Batch Job State Change',
        )
        .map(({ detail }) => String(detail['status'])),
  };
}

function operatorRequest(operation: string, body: object): AwsRequest {
  return {
    method: 'POST',
    url: `/v1/${operation}`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
    principal: { kind: 'operator' },
  };
}
