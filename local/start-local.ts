import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalApi, startApi } from './apigateway/start-api.ts';
import { loadAssembly } from './assembly/load-assembly.ts';
import type { BatchFaults } from './batch/batch-fault.ts';
import { type Batch, startBatch } from './batch/start-batch.ts';
import type { AwsService, CloudModel, Part, Resource } from './cloud.ts';
import { lockDataFolder } from './data-lock.ts';
import { createDeliver } from './deliver.ts';
import { type DynamoDb, startDynamoDb } from './dynamodb/start-dynamodb.ts';
import type { FaultHook } from './events/fault.ts';
import { type EventBus, startEventBus } from './events/start-event-bus.ts';
import { freePort } from './free-port.ts';
import type { CallRecorder } from './gateway/call-record.ts';
import { type FaultInjector, faultInjector } from './gateway/fault-injector.ts';
import { type Gateway, startGateway } from './gateway/start-gateway.ts';
import { accessControl } from './iam/access-control.ts';
import { type AccessKey, accessKeys } from './iam/access-keys.ts';
import { tellDenials } from './iam/tell-denials.ts';
import { faultyInvoker, type InvocationFaultHook } from './lambda/faulty-invoker.ts';
import { serveFunctionUrls } from './lambda/serve-function-urls.ts';
import { type LocalLambda, startLambda } from './lambda/start-lambda.ts';
import { type S3, startS3 } from './s3/start-s3.ts';
import { type Sqs, startSqs } from './sqs/start-sqs.ts';
import type { ExecutionStart } from './stepfunctions/executions.ts';
import { type StepFunctions, startStepFunctions } from './stepfunctions/start-step-functions.ts';
import type { PassingBatch } from './streams/process-batch.ts';
import { startStreamMappings } from './streams/start-stream-mappings.ts';

const accountId = '000000000000';
const region = 'us-east-1';

export interface LocalOptions {
  /** Directory of a synthesized cloud assembly. */
  readonly assemblyDirectory: string;
  /** All state is kept below it; made when absent. */
  readonly dataDirectory: string;
  /** Port of the API on 127.0.0.1; 0 is any free one. */
  readonly port: number;
  /** Functions that get one call at a time and their own memory limit; the others share one thread each. */
  readonly oneAtATime: (functionName: string) => boolean;
  /** Address of another DynamoDB-compatible server. */
  readonly dynamoDbEndpoint?: string;
  /** Lines for the person at this machine. */
  readonly log?: (line: string) => void;
  readonly recorder?: CallRecorder;
  readonly executionFaults?: FaultHook<ExecutionStart>;
  /** Harms batches on their way from a stream to its function. */
  readonly streamFaults?: FaultHook<PassingBatch>;
  /** Harms the calls of state machines and stream mappings to functions. */
  readonly invocationFaults?: InvocationFaultHook;
  /** Harms attempts of Batch jobs and the events that tell of them. */
  readonly batchFaults?: BatchFaults;
  /** Shortens the time limits of Batch attempts, for tests; 1 if absent. */
  readonly batchTimeLimitScale?: number;
  /** Shortens the pauses between retries of the runtime itself, for tests; 1 if absent. */
  readonly delayScale?: number;
}

/** A cloud app that runs on this machine. */
export interface LocalCloud extends Part {
  readonly url: string;
  readonly model: CloudModel;
  /** What the operator needs to call the local AWS services. */
  readonly aws: AccessKey & { readonly endpoint: string; readonly region: string };
  /** Value of a stack's output; throws when there is none. */
  output(stack: string, name: string): string;
  readonly faults: FaultInjector;
  readonly events: EventBus;
  readonly lambda: LocalLambda;
}

interface Parts {
  readonly dynamodb: DynamoDb;
  readonly s3: S3;
  readonly sqs: Sqs;
  readonly gateway: Gateway;
  readonly lambda: LocalLambda;
  readonly states: StepFunctions;
  readonly events: EventBus;
  readonly batch: Batch;
  readonly api: LocalApi;
}

/**
 * Runs a synthesized CDK app on this machine until it is stopped. What was open when the data folder was last used
 * goes on. Throws, with nothing left running, when the template has something that has no behaviour here, the port
 * is taken (`EADDRINUSE`) or another process uses the data folder.
 */
export async function startLocal(options: LocalOptions): Promise<LocalCloud> {
  mkdirSync(options.dataDirectory, { recursive: true });
  const started: Array<() => Promise<void> | void> = [lockDataFolder(options.dataDirectory)];
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    return await startParts(options, started, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  options: LocalOptions,
  started: Array<() => Promise<void> | void>,
  stop: () => Promise<void>,
): Promise<LocalCloud> {
  const port = options.port === 0 ? await freePort() : options.port;
  const model = loadAssembly(options.assemblyDirectory, {
    accountId,
    region,
    apiBaseUrl: `http://127.0.0.1:${port}`,
  });
  const keys = accessKeys(model, keySeed(options.dataDirectory));
  const faults = faultInjector();
  const parts = await startServices({ options, model, keys, faults, port, started });
  for (const line of parts.problems) options.log?.(line);
  return {
    url: parts.api.url,
    model,
    aws: { ...keys.operator, endpoint: parts.gateway.url, region },
    output: (stack, name) => outputOf(model, stack, name),
    faults,
    events: parts.events,
    lambda: parts.lambda,
    stop,
  };
}

interface Setting {
  readonly options: LocalOptions;
  readonly model: CloudModel;
  readonly keys: ReturnType<typeof accessKeys>;
  readonly faults: FaultInjector;
  readonly port: number;
  readonly started: Array<() => Promise<void> | void>;
}

/** Later parts are named before they are there: calls between services only happen once all have started. */
async function startServices(setting: Setting): Promise<Parts & { readonly problems: readonly string[] }> {
  const { options, model, keys, port, started } = setting;
  const { dataDirectory, delayScale = 1 } = options;
  const log = options.log ?? console.error;
  const access = tellDenials(accessControl(model), log);
  const parts: Partial<{ -readonly [part in keyof Parts]: Parts[part] }> = {};
  const there = <Name extends keyof Parts>(name: Name): Parts[Name] => {
    const part = parts[name];
    if (part === undefined) throw new Error(`${name} was called before it was started`);
    return part as Parts[Name]; // read by that very name
  };
  const keep = <Name extends keyof Parts>(name: Name, part: Parts[Name]): Parts[Name] => {
    parts[name] = part;
    if ('stop' in part) started.push(() => part.stop());
    return part;
  };
  const onFailure = (error: unknown) =>
    log(error instanceof Error ? (error.stack ?? error.message) : String(error));

  const endpoint = options.dynamoDbEndpoint;
  keep(
    'dynamodb',
    await startDynamoDb({ model, dataDirectory, onFailure, ...(endpoint === undefined ? {} : { endpoint }) }),
  );
  keep('s3', startS3({ model, access, dataDirectory }));
  keep('sqs', startSqs({ model, dataDirectory }));
  const services = [
    there('dynamodb').service,
    there('s3').service,
    there('sqs').service,
    later('lambda', () => there('lambda').service),
    later('states', () => there('states')),
    later('events', () => there('events')),
    later('batch', () => there('batch')),
  ];
  const recorder = options.recorder === undefined ? {} : { recorder: options.recorder };
  keep(
    'gateway',
    await startGateway({ services, access, keys, faults: setting.faults, onFailure, ...recorder }),
  );
  const deliver = createDeliver({
    access,
    invoker: { invokeAsync: (request) => there('lambda').invokeAsync(request) },
    sendToQueue: (queueArn, body) => there('sqs').sendToQueue(queueArn, body),
    putObject: ({ bucket, key, body }) => there('s3').putObject(bucket, key, body),
    startExecution: (request) => there('states').startExecution(request),
    putEvents: (busArn, eventText) => there('events').forward(busArn, eventText),
  });
  const lambda = keep(
    'lambda',
    startLambda({
      model,
      access,
      deliver,
      dataDirectory,
      environmentFor: (resource) => functionEnvironment(keys, resource, there('gateway').url),
      oneAtATime: (resource) => options.oneAtATime(resource.ref),
      delayScale,
    }),
  );
  const invoker = faultyInvoker(lambda, options.invocationFaults);
  keep('events', startEventBus({ model, deliver, dataDirectory, log, retryScale: delayScale }));
  keep(
    'states',
    startStepFunctions({
      model,
      invoker,
      dataDirectory,
      delayScale,
      onStatusChange: (facts) => void there('events').publish(facts),
      ...(options.executionFaults === undefined ? {} : { faults: options.executionFaults }),
    }),
  );
  keep(
    'batch',
    startBatch({
      model,
      dataDirectory,
      delayScale,
      publish: (facts) => void there('events').publish(facts),
      environmentFor: (roleArn) => jobEnvironment(keys, roleArn, there('gateway').url),
      ...(options.batchTimeLimitScale === undefined ? {} : { timeLimitScale: options.batchTimeLimitScale }),
      ...(options.batchFaults === undefined ? {} : { faults: options.batchFaults }),
    }),
  );
  const mappings = startStreamMappings({
    model,
    access,
    invoker,
    readStream: (request) => there('dynamodb').readStream(request),
    onWrite: (listener) => there('dynamodb').onWrite(listener),
    deliver,
    dataDirectory,
    log,
    retryScale: delayScale,
    ...(options.streamFaults === undefined ? {} : { faults: options.streamFaults }),
  });
  started.push(() => mappings.stop());
  keep(
    'api',
    await startApi({
      model,
      invoker: lambda,
      port,
      log,
      takeOther: serveFunctionUrls({ model, invoker: lambda, log }),
    }),
  );
  await lambda.prewarm(
    model
      .ofType('AWS::Lambda::Function')
      .filter(({ ref }) => !options.oneAtATime(ref))
      .map(({ ref }) => ref),
  );
  return { ...(parts as Parts), problems: mappings.problems }; // every part was kept above
}

function later(signingName: string, service: () => AwsService): AwsService {
  return {
    signingName,
    checks: (request) => service().checks(request),
    handle: (request) => service().handle(request),
  };
}

function functionEnvironment(
  keys: ReturnType<typeof accessKeys>,
  resource: Resource,
  endpoint: string,
): Record<string, string> {
  const key = keys.forFunction(resource.arn ?? resource.ref);
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
  };
}

/** A job without a role of its own gets no keys, and so reaches nothing. */
function jobEnvironment(
  keys: ReturnType<typeof accessKeys>,
  roleArn: string | undefined,
  endpoint: string,
): Record<string, string> {
  const key = roleArn === undefined ? undefined : keys.forJobRole(roleArn);
  return {
    AWS_ENDPOINT_URL: endpoint,
    ...(key === undefined
      ? {}
      : { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey }),
  };
}

/** Kept, so that addresses that were signed before a restart stay good. */
function keySeed(dataDirectory: string): Buffer {
  const file = join(dataDirectory, 'key-seed');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600 });
  return readFileSync(file);
}

function outputOf(model: CloudModel, stack: string, name: string): string {
  const output = model.outputs.find((candidate) => candidate.stack === stack && candidate.name === name);
  if (output === undefined) throw new Error(`The stack ${stack} has no output ${name}`);
  return output.value;
}
