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
import { createMemoryWatch, type MemoryWatch } from '../processes/memory-watch.ts';
import { readEventInvokeConfig } from './asynchronous/event-invoke-config.ts';
import { startEventRunner } from './asynchronous/event-runner.ts';
import { openEventStore } from './asynchronous/event-store.ts';
import type { Call } from './call.ts';
import { boundConcurrency, defaultAccountConcurrency } from './concurrency.ts';
import { environmentStarter } from './environment-starter.ts';
import { killed } from './fault-payloads.ts';
import { type FoundFunction, findFunction, functionArn } from './find-function.ts';
import { type FunctionConfig, readFunction, readFunctions } from './function-config.ts';
import { type LogLine, openFunctionLogs } from './function-logs.ts';
import { createFunctionPool, type FunctionPool, type PoolOptions } from './function-pool.ts';
import { lambdaService } from './lambda-service.ts';
import { bufferedListener } from './listeners/buffered-listener.ts';
import { streamListener } from './listeners/stream-listener.ts';
import type { FunctionLine } from './output/invocation-log.ts';
import { notifyOfPython } from './process/python-notices.ts';
import { requirePermission } from './require-permission.ts';
import { threadSource } from './thread/thread-module.ts';

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
  /** Receives a sentence for the user of this machine, such as about an interpreter that is not installed. */
  readonly notify?: (line: string) => void;
  /** Time in which the process of a function is loaded before its first call, in milliseconds; default 10,000, as on AWS. */
  readonly initLimitMs?: number;
  /** Receives each line of output too, with its invocation if it is known. */
  readonly onLine?: ((line: FunctionLine) => void) | undefined;
  /** First module of the threads; by default its source, which costs each thread the memory to strip its types. */
  readonly threadModule?: URL;
}

/** Lambda on this machine. */
export interface LocalLambda extends FunctionInvoker, Part {
  readonly service: AwsService;
  /** Loads functions before their first call, and waits until all notices were reported. Throws `ResourceNotFoundException` for an unknown name. */
  prewarm(functionNames: readonly string[]): Promise<void>;
  /**
   * Adds a function, or replaces the one with the same name: later calls run the new code, and calls that already run end with the
   * code that they began with. Throws an error that names the resource if it cannot run locally.
   */
  putFunction(resource: Resource): void;
  /** Removes a function; calls that already run are not ended. Does nothing if there is none. */
  removeFunction(name: string): void;
  /** Ends all threads of a function at once, as an injected fault: calls fail with `signal: killed`. */
  killFunction(functionName: string): void;
  /** Returns the current number of a function's threads or processes. */
  environmentCount(functionName: string): number;
}

/** The limit that Lambda documents as 6 MB. */
const maxRequestBytes = 6_291_456;
/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxEventBytes = 1_048_576;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib */
const initLimitMs = 10_000;

const usualEnvironments = 4;
/** Limit for this machine: each thread uses about 13 MB, and a process more. */
const maxEnvironments = 32;

/**
 * A function with reserved concurrency gets an environment for each of these calls, so that no call waits for
 * another one.
 */
function environmentsOf({ reservedConcurrency = usualEnvironments }: FunctionConfig): number {
  return Math.min(reservedConcurrency, maxEnvironments);
}

/**
 * Starts Lambda for all functions of a model and resumes the events accepted before. Functions are loaded by
 * their first call. Throws an error that names the resource if a function cannot run locally.
 */
export function startLambda(options: LambdaOptions): LocalLambda {
  const { model } = options;
  const functions = new Map(readFunctions(model));
  for (const config of functions.values()) readEventInvokeConfig(model, config); // refuses what cannot run
  const files = options.log === undefined ? openFunctionLogs(join(options.dataDirectory, 'logs')) : undefined;
  const log = options.log ?? files?.write ?? (() => undefined);
  const memory = createMemoryWatch();
  const functionEvents = openFunctionEvents(join(options.dataDirectory, 'logs', 'lambda'));
  const onLine = (line: FunctionLine): void => {
    log(line.functionName, line.text);
    options.onLine?.(line);
  };
  const poolFor = (config: FunctionConfig, resource: Resource): FunctionPool =>
    createPool(options, { config, resource, memory, events: functionEvents, onLine });
  const pools = createPools(model, functions, poolFor);
  const notify = options.notify ?? (() => undefined);
  const notified = notifyOfPython([...functions.values()], notify);
  /** Replaced pools whose calls have not settled, by the name of the function. */
  const retiring = new Map<FunctionPool, string>();
  const callsOf = (name: string): number =>
    [...retiring].reduce(
      (sum, [pool, ofFunction]) => sum + (ofFunction === name ? pool.callCount : 0),
      poolOf(pools, name).callCount,
    );
  const concurrency = boundConcurrency(
    functions,
    options.accountConcurrency ?? defaultAccountConcurrency,
    callsOf,
  );
  /** Returns the calls that the pool has not started. */
  const retirePool = (name: string): readonly Call[] => {
    const pool = pools.get(name);
    pools.delete(name);
    functions.delete(name);
    if (pool === undefined) return [];
    const { waiting, ended } = pool.retire();
    retiring.set(pool, name);
    void ended.then(() => retiring.delete(pool));
    return waiting;
  };
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
    settingsOf: (name) => {
      const config = functions.get(name);
      return config === undefined ? undefined : { config, events: readEventInvokeConfig(model, config) };
    },
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
  const lookup = {
    arnOf: (name: string) => functionArn(model, name),
    find: (name: string) => findFunction(model, functions, name).config,
  };
  const poolByName = (name: string): FunctionPool =>
    poolOf(pools, findFunction(model, functions, name).config.name);
  return {
    ...invoker,
    service: lambdaService(invoker, lookup, concurrency),
    prewarm: async (names) => {
      await Promise.all([notified, ...names.map((name) => poolByName(name).prewarm())]);
    },
    putFunction: (resource) => {
      const config = readFunction(resource);
      concurrency.requireReservation(config);
      const pool = poolFor(config, resource);
      const waiting = retirePool(config.name);
      functions.set(config.name, config);
      pools.set(config.name, pool);
      for (const call of waiting) pool.run(call);
      void notifyOfPython([config], notify);
    },
    removeFunction: (name) => {
      for (const { requestId, listener } of retirePool(name)) listener.failed(killed(requestId));
    },
    killFunction: (name) => poolByName(name).kill(),
    environmentCount: (name) => poolByName(name).environmentCount,
    stop: async () => {
      stopped = true;
      const eventsStopped = events.stop();
      await Promise.all([...pools.values(), ...retiring.keys()].map((pool) => pool.stop()));
      await eventsStopped;
      store.close();
      files?.close();
      functionEvents.close();
    },
  };
}

function createPools(
  model: CloudModel,
  functions: ReadonlyMap<string, FunctionConfig>,
  poolFor: (config: FunctionConfig, resource: Resource) => FunctionPool,
): Map<string, FunctionPool> {
  const resources = new Map(model.ofType('AWS::Lambda::Function').map((it) => [it.ref, it]));
  const pools = [...functions.values()].flatMap((config) => {
    const resource = resources.get(config.name);
    return resource === undefined ? [] : [[config.name, poolFor(config, resource)] as const];
  });
  return new Map(pools);
}

interface NewPool extends Pick<PoolOptions, 'config' | 'events' | 'onLine'> {
  readonly resource: Resource;
  readonly memory: MemoryWatch;
}

function createPool(options: LambdaOptions, { resource, memory, ...lines }: NewPool): FunctionPool {
  const { config } = lines;
  const oneAtATime = config.program.kind !== 'thread' || options.oneAtATime(resource);
  return createFunctionPool({
    ...lines,
    oneAtATime,
    maximumEnvironments: oneAtATime ? environmentsOf(config) : usualEnvironments,
    idleSeconds: options.idleSeconds ?? 60,
    start: environmentStarter({
      config,
      exclusive: oneAtATime,
      addedEnvironment: options.environmentFor(resource),
      directFor: options.directFor,
      threadModule: options.threadModule ?? threadSource,
      memory,
      initLimitMs: options.initLimitMs ?? initLimitMs,
    }),
  });
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
