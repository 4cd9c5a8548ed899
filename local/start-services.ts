import { type LocalApi, startApi } from './apigateway/start-api.ts';
import { type Batch, startBatch } from './batch/start-batch.ts';
import type { AwsService, CloudModel, Resource } from './cloud.ts';
import { createDeliver } from './deliver.ts';
import { type DynamoDb, startDynamoDb } from './dynamodb/start-dynamodb.ts';
import { type EventBus, startEventBus } from './events/start-event-bus.ts';
import { serveFunctionUrls } from './function-urls/serve-function-urls.ts';
import type { FaultInjector } from './gateway/fault-injector.ts';
import { type Gateway, startGateway } from './gateway/start-gateway.ts';
import { accessControl } from './iam/access-control.ts';
import type { accessKeys } from './iam/access-keys.ts';
import { roleAssumption } from './iam/assume-role.ts';
import { tellDenials } from './iam/tell-denials.ts';
import { faultyInvoker } from './lambda/faulty-invoker.ts';
import { type LocalLambda, startLambda } from './lambda/start-lambda.ts';
import type { LocalOptions } from './local-options.ts';
import { logsService } from './logs/logs-service.ts';
import { type S3, startS3 } from './s3/start-s3.ts';
import { type Sqs, startSqs } from './sqs/start-sqs.ts';
import { type StepFunctions, startStepFunctions } from './stepfunctions/start-step-functions.ts';
import { startStreamMappings } from './streams/start-stream-mappings.ts';

/** The services of a cloud on this machine, and what runs beside them. */
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

/** What the services are started with. */
export interface Setting {
  readonly options: LocalOptions;
  readonly model: CloudModel;
  readonly keys: ReturnType<typeof accessKeys>;
  readonly faults: FaultInjector;
  readonly port: number;
  /** Gets how to stop each part, in the order in which they started. */
  readonly started: Array<() => Promise<void> | void>;
}

/**
 * Starts the services one after another and joins them. Later parts are named before they are there: calls between services
 * only happen once all have started. `problems` tells what the person at this machine should know.
 */
export async function startServices(
  setting: Setting,
): Promise<Parts & { readonly problems: readonly string[] }> {
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
    logsService({ model, dataDirectory }),
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
      environmentFor: (resource) => functionEnvironment(setting, resource, there('gateway').url),
      oneAtATime: (resource) => options.oneAtATime(resource.ref),
      delayScale,
      ...(options.accountConcurrency === undefined ? {} : { accountConcurrency: options.accountConcurrency }),
    }),
  );
  const invoker = faultyInvoker(lambda, options.invocationFaults);
  keep('events', startEventBus({ model, deliver, dataDirectory, log, retryScale: delayScale }));
  keep(
    'states',
    startStepFunctions({
      model,
      invoker,
      assumeRole: roleAssumption(model, access),
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
  if (options.prewarm !== false) await lambda.prewarm(sharedFunctions(model, options));
  return { ...(parts as Parts), problems: mappings.problems }; // every part was kept above
}

function sharedFunctions(model: CloudModel, { oneAtATime }: LocalOptions): readonly string[] {
  const names = model.ofType('AWS::Lambda::Function').map(({ ref }) => ref);
  return names.filter((name) => !oneAtATime(name));
}

function later(signingName: string, service: () => AwsService): AwsService {
  return {
    signingName,
    checks: (request) => service().checks(request),
    handle: (request) => service().handle(request),
  };
}

function functionEnvironment(
  { keys, model: { region } }: Setting,
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
