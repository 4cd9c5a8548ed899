import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AwsError } from '../aws-error.ts';
import type {
  AccessControl,
  AwsService,
  CloudModel,
  Deliver,
  FunctionInvoker,
  InvokeRequest,
  InvokeResult,
  Part,
  Resource,
} from '../cloud.ts';
import type { DirectFunction } from '../direct/direct-calls.ts';
import { openFunctionEvents } from '../logs/function-events.ts';
import { readEventInvokeConfig } from './asynchronous/event-invoke-config.ts';
import { startEventRunner } from './asynchronous/event-runner.ts';
import { openEventStore } from './asynchronous/event-store.ts';
import { bufferedListener } from './buffered-listener.ts';
import type { Call } from './call.ts';
import { boundConcurrency, defaultAccountConcurrency } from './concurrency.ts';
import { type FoundFunction, findFunction, functionArn } from './find-function.ts';
import { type FunctionConfig, readFunctions } from './function-config.ts';
import { type LogLine, openFunctionLogs } from './function-logs.ts';
import { createFunctionPool, type FunctionPool, type PoolOptions } from './function-pool.ts';
import { lambdaService } from './lambda-service.ts';
import type { FunctionLine } from './output/invocation-log.ts';
import { requirePermission } from './require-permission.ts';
import { streamListener } from './stream-listener.ts';
import { threadSource } from './thread-module.ts';

/** Options of local Lambda. */
export interface LambdaOptions {
  readonly model: CloudModel;
  readonly access: AccessControl;
  readonly deliver: Deliver;
  /** Accepted events and logs are stored below it. */
  readonly dataDirectory: string;
  /** Returns endpoint, keys and region for a function's SDK clients. */
  environmentFor(resource: Resource): Readonly<Record<string, string>>;
  /** Returns how the threads of a function serve its calls of DynamoDB; undefined, they send them to the AWS endpoint. */
  readonly directFor?: (config: FunctionConfig) => DirectFunction | undefined;
  /**
   * Selects functions that get one call at a time per thread and their own memory limit; each other function
   * shares its thread among calls.
   */
  oneAtATime(resource: Resource): boolean;
  /** Threads of a function other than the first end after this many seconds without a call; default 60. */
  readonly idleSeconds?: number;
  /** Maximum number of concurrent invocations over all functions; default 1,000, as in most accounts. */
  readonly accountConcurrency?: number;
  /** Factor on the delays of asynchronous retries; default 1. */
  readonly delayScale?: number;
  /** Receives the output of functions; default is a file per function below `<dataDirectory>/logs`. */
  readonly log?: LogLine;
  /** Receives each line of output too, with its invocation if it is known. */
  readonly onLine?: ((line: FunctionLine) => void) | undefined;
  /** First module of the threads; by default its source, which costs each thread the memory to strip its types. */
  readonly threadModule?: URL;
}

/** Lambda on this machine. */
export interface LocalLambda extends FunctionInvoker, Part {
  readonly service: AwsService;
  /** Loads functions before their first call. Throws `ResourceNotFoundException` for an unknown name. */
  prewarm(functionNames: readonly string[]): Promise<void>;
  /** Ends all threads of a function at once, as an injected fault: calls fail with `signal: killed`. */
  killFunction(functionName: string): void;
  /** Returns the current number of a function's threads. */
  threadCount(functionName: string): number;
}

/** The limit that Lambda documents as 6 MB. */
const maxRequestBytes = 6_291_456;
/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxEventBytes = 1_048_576;

const usualThreads = 4;
/** Limit for this machine: each thread uses about 13 MB. */
const maxThreads = 32;

/**
 * A function with reserved concurrency gets a thread for each of these calls, so that no call waits for
 * another one.
 */
function threadsOf({ reservedConcurrency = usualThreads }: FunctionConfig): number {
  return Math.min(reservedConcurrency, maxThreads);
}

/**
 * Starts Lambda for all functions of a model and resumes the events accepted before. Functions are loaded by
 * their first call. Throws an error that names the resource if a function cannot run locally.
 */
export function startLambda(options: LambdaOptions): LocalLambda {
  const { model } = options;
  const functions = readFunctions(model);
  const eventSettings = new Map(
    [...functions].map(([name, config]) => [name, { config, events: readEventInvokeConfig(model, config) }]),
  );
  const files = options.log === undefined ? openFunctionLogs(join(options.dataDirectory, 'logs')) : undefined;
  const log = options.log ?? files?.write ?? (() => undefined);
  const functionEvents = openFunctionEvents(join(options.dataDirectory, 'logs', 'lambda'));
  const pools = createPools(options, functions, {
    events: functionEvents,
    onLine: (line) => {
      log(line.functionName, line.text);
      options.onLine?.(line);
    },
  });
  const concurrency = boundConcurrency(
    [...functions.values()],
    options.accountConcurrency ?? defaultAccountConcurrency,
    (name) => poolOf(pools, name).callCount,
  );
  const start = (found: FoundFunction, call: Omit<Call, 'functionArn'>): void => {
    concurrency.require(found.config);
    poolOf(pools, found.config.name).run({ ...call, functionArn: found.invokedArn });
  };
  const runBuffered = (found: FoundFunction, payload: string, requestId: string): Promise<InvokeResult> =>
    new Promise((resolve) => {
      const listener = bufferedListener((result) => resolve({ ...result, requestId }));
      start(found, { payload, requestId, listener });
    });
  let stopped = false;
  const permit = (request: InvokeRequest, maximumBytes: number): FoundFunction => {
    // The store and the threads are already closed, so an event or a call would be lost.
    if (stopped) throw new AwsError('ServiceException', 'The local runtime is stopping', 500);
    const found = findFunction(model, functions, request.functionName);
    requirePermission(options, found, request.principal);
    checkPayload(request.payload, maximumBytes);
    return found;
  };
  const store = openEventStore(join(options.dataDirectory, 'lambda'));
  const events = startEventRunner({
    store,
    deliver: options.deliver,
    delayScale: options.delayScale ?? 1,
    log,
    settingsOf: (name) => eventSettings.get(name),
    run: (config, event) => runBuffered({ config, invokedArn: config.arn }, event.payload, event.requestId),
  });
  const invoker: FunctionInvoker = {
    invoke: async (request) => runBuffered(permit(request, maxRequestBytes), request.payload, randomUUID()),
    invokeAsync: async (request) => {
      const { config } = permit(request, maxEventBytes);
      events.accept({ requestId: randomUUID(), functionName: config.name, payload: request.payload });
    },
    invokeStreaming: async (request) => {
      const { listener, result } = streamListener();
      start(permit(request, maxRequestBytes), {
        payload: request.payload,
        requestId: randomUUID(),
        listener,
        readerDisconnected: request.readerDisconnected,
      });
      return result;
    },
  };
  const poolByName = (name: string): FunctionPool =>
    poolOf(pools, findFunction(model, functions, name).config.name);
  return {
    ...invoker,
    service: lambdaService(invoker, (name) => functionArn(model, name), concurrency),
    prewarm: async (names) => {
      await Promise.all(names.map((name) => poolByName(name).prewarm()));
    },
    killFunction: (name) => poolByName(name).kill(),
    threadCount: (name) => poolByName(name).threadCount,
    stop: async () => {
      stopped = true;
      const eventsStopped = events.stop();
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
      await eventsStopped;
      store.close();
      files?.close();
      functionEvents.close();
    },
  };
}

function createPools(
  options: LambdaOptions,
  functions: ReadonlyMap<string, FunctionConfig>,
  lines: Pick<PoolOptions, 'events' | 'onLine'>,
): ReadonlyMap<string, FunctionPool> {
  const resources = options.model.ofType('AWS::Lambda::Function');
  const pools = [...functions.values()].flatMap((config) => {
    const resource = resources.find((it) => it.ref === config.name);
    if (resource === undefined) return [];
    const oneAtATime = options.oneAtATime(resource);
    const pool = createFunctionPool({
      config,
      oneAtATime,
      maximumThreads: oneAtATime ? threadsOf(config) : usualThreads,
      idleSeconds: options.idleSeconds ?? 60,
      addedEnvironment: options.environmentFor(resource),
      direct: options.directFor?.(config),
      threadModule: options.threadModule ?? threadSource,
      ...lines,
    });
    return [[config.name, pool] as const];
  });
  return new Map(pools);
}

function poolOf(pools: ReadonlyMap<string, FunctionPool>, name: string): FunctionPool {
  const pool = pools.get(name);
  if (pool === undefined) throw new Error(`The function ${name} has no thread pool`);
  return pool;
}

function checkPayload(payload: string, maximumBytes: number): void {
  const sizeBytes = Buffer.byteLength(payload);
  if (sizeBytes > maximumBytes) {
    throw new AwsError(
      'RequestEntityTooLargeException',
      `${sizeBytes} byte payload is too large for the operation (limit ${maximumBytes} bytes)`,
      413,
    );
  }
  try {
    JSON.parse(payload);
  } catch (cause) {
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${cause}`);
  }
}
