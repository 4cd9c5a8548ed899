import { join } from 'node:path';
import { type LocalApi, startApi } from './apigateway/start-api.ts';
import { type Batch, startBatch } from './batch/start-batch.ts';
import type { AwsService, CloudModel, Resource } from './cloud.ts';
import { createDeliver } from './deliver.ts';
import { directFunctions } from './direct/direct-functions.ts';
import { type DynamoDb, startDynamoDb } from './dynamodb/start-dynamodb.ts';
import { type EventBus, startEventBus } from './events/start-event-bus.ts';
import { serveFunctionUrls } from './function-urls/serve-function-urls.ts';
import type { FaultInjector } from './gateway/fault-injector.ts';
import { type Gateway, startGateway } from './gateway/start-gateway.ts';
import { accessControl } from './iam/access-control.ts';
import type { accessKeys } from './iam/access-keys.ts';
import { roleAssumption } from './iam/assume-role.ts';
import { logDenials } from './iam/log-denials.ts';
import { faultyInvoker } from './lambda/faulty-invoker.ts';
import { type LocalLambda, startLambda } from './lambda/start-lambda.ts';
import { writeThreadModule } from './lambda/thread/thread-module.ts';
import type { LocalOptions } from './local-options.ts';
import { logsService } from './logs/logs-service.ts';
import { startQueueMappings } from './queue-mappings/start-queue-mappings.ts';
import { type S3, startS3 } from './s3/start-s3.ts';
import { type Sqs, startSqs } from './sqs/start-sqs.ts';
import { type StepFunctions, startStepFunctions } from './stepfunctions/start-step-functions.ts';
import { startStreamMappings } from './streams/start-stream-mappings.ts';

/** The services of a local cloud and the background parts. */
export interface Parts {
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

/** Input for the start of the services. */
export interface ServicesContext {
  readonly options: LocalOptions;
  readonly model: CloudModel;
  /** Stacks of the further apps. */
  readonly appStacks: ReadonlySet<string>;
  readonly keys: ReturnType<typeof accessKeys>;
  readonly faults: FaultInjector;
  readonly port: number;
  /** Receives the stop function of each part in the order of their starts. */
  readonly started: Array<() => Promise<void> | void>;
}

/**
 * Starts the services in order and connects them. A service may refer to one that starts later, because
 * services call each other only after all have started. `problems` lists messages for the user of this
 * machine.
 */
export async function startServices(
  context: ServicesContext,
): Promise<Parts & { readonly problems: readonly string[] }> {
  const { options, model, keys, port, started } = context;
  const { dataDirectory, delayScale = 1 } = options;
  const log = options.log ?? console.error;
  const access = logDenials(accessControl(model), log);
  const parts: Partial<{ -readonly [part in keyof Parts]: Parts[part] }> = {};
  const getPart = <Name extends keyof Parts>(name: Name): Parts[Name] => {
    const part = parts[name];
    if (part === undefined) throw new Error(`The local service ${name} was called before it was started`);
    return part as Parts[Name]; // safe cast: stored under the same name
  };
  const register = <Name extends keyof Parts>(name: Name, part: Parts[Name]): Parts[Name] => {
    parts[name] = part;
    if ('stop' in part) started.push(() => part.stop());
    return part;
  };
  const onFailure = (error: unknown) =>
    log(error instanceof Error ? (error.stack ?? error.message) : String(error));

  const endpoint = options.dynamoDbEndpoint;
  const threadModule = writeThreadModule(join(dataDirectory, 'lambda'));
  threadModule.catch(() => undefined); // awaited below, unless an earlier part fails to start
  register(
    'dynamodb',
    await startDynamoDb({ model, dataDirectory, onFailure, ...(endpoint === undefined ? {} : { endpoint }) }),
  );
  register('s3', startS3({ model, access, dataDirectory, onFailure }));
  register('sqs', startSqs({ model, dataDirectory }));
  const services = [
    getPart('dynamodb').service,
    getPart('s3').service,
    getPart('sqs').service,
    later('lambda', () => getPart('lambda').service),
    later('states', () => getPart('states')),
    later('events', () => getPart('events')),
    later('batch', () => getPart('batch')),
    logsService({ model, dataDirectory }),
  ];
  const recorder = options.recorder === undefined ? {} : { recorder: options.recorder };
  register(
    'gateway',
    await startGateway({ services, access, keys, faults: context.faults, onFailure, ...recorder }),
  );
  const deliver = createDeliver({
    access,
    invoker: { invokeAsync: (request) => getPart('lambda').invokeAsync(request) },
    sendToQueue: (queueArn, body) => getPart('sqs').sendToQueue(queueArn, body),
    putObject: ({ bucket, key, body }) => getPart('s3').putObject(bucket, key, body),
    startExecution: (request) => getPart('states').startExecution(request),
    putEvents: (busArn, eventText) => getPart('events').forward(busArn, eventText),
  });
  const directFor = directFunctions({
    model,
    keys,
    access,
    services,
    dynamoDb: getPart('dynamodb'),
    endpoint: getPart('gateway').url,
    detour: context.faults.active,
    log,
    onFailure,
  });
  const lambda = register(
    'lambda',
    startLambda({
      model,
      access,
      deliver,
      dataDirectory,
      environmentFor: (resource) => ({
        ...functionEnvironment(context, resource, getPart('gateway').url),
        ...options.functionVariables?.(resource.ref),
      }),
      // The recorder needs all calls at the endpoint.
      ...(options.recorder === undefined ? { directFor } : {}),
      oneAtATime: (resource) => context.appStacks.has(resource.stack) || options.oneAtATime(resource.ref),
      onLine: options.onFunctionLine,
      delayScale,
      notify: log,
      threadModule: await threadModule,
      ...(options.accountConcurrency === undefined ? {} : { accountConcurrency: options.accountConcurrency }),
    }),
  );
  // The threads load their functions while the other services start. The stop of Lambda settles this promise too.
  const prewarmed = lambda.prewarm(prewarmedFunctions(model, options));
  const invoker = faultyInvoker(lambda, options.invocationFaults);
  register('events', startEventBus({ model, deliver, dataDirectory, log, retryScale: delayScale }));
  register(
    'states',
    startStepFunctions({
      model,
      invoker,
      assumeRole: roleAssumption(model, access),
      dataDirectory,
      delayScale,
      onStatusChange: (facts) => void getPart('events').publish(facts),
      ...(options.executionFaults === undefined ? {} : { faults: options.executionFaults }),
    }),
  );
  register(
    'batch',
    startBatch({
      model,
      dataDirectory,
      delayScale,
      publish: (facts) => void getPart('events').publish(facts),
      onLine: options.onContainerLine,
      environmentFor: (roleArn) => jobEnvironment(keys, roleArn, getPart('gateway').url),
      ...(options.batchTimeLimitScale === undefined ? {} : { timeLimitScale: options.batchTimeLimitScale }),
      ...(options.batchFaults === undefined ? {} : { faults: options.batchFaults }),
    }),
  );
  const mappings = startStreamMappings({
    model,
    access,
    invoker,
    readStream: (request) => getPart('dynamodb').readStream(request),
    onWrite: (listener) => getPart('dynamodb').onWrite(listener),
    deliver,
    dataDirectory,
    log,
    retryScale: delayScale,
    ...(options.streamFaults === undefined ? {} : { faults: options.streamFaults }),
  });
  started.push(() => mappings.stop());
  const queueMappings = startQueueMappings({
    model,
    access,
    invoker,
    sqs: getPart('sqs'),
    log,
    retryScale: delayScale,
  });
  started.push(() => queueMappings.stop());
  register(
    'api',
    await startApi({
      model,
      invoker: lambda,
      port,
      log,
      allowedOrigins: options.allowedOrigins ?? [],
      handleOther: serveFunctionUrls({ model, invoker: lambda, log }),
    }),
  );
  await prewarmed;
  const problems = [...mappings.problems, ...queueMappings.problems];
  return { ...(parts as Parts), problems }; // safe cast: every part was stored above
}

function prewarmedFunctions(model: CloudModel, { prewarm = () => false }: LocalOptions): readonly string[] {
  const names = model.ofType('AWS::Lambda::Function').map(({ ref }) => ref);
  return names.filter((name) => prewarm(name));
}

function later(signingName: string, service: () => AwsService): AwsService {
  return {
    signingName,
    checks: (request) => service().checks(request),
    handle: (request) => service().handle(request),
  };
}

function functionEnvironment(
  { keys, model: { region } }: ServicesContext,
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

/**
 * Returns the environment of a job. A job without a job role gets no keys and can therefore call no service.
 */
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
