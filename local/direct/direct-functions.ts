import type { AccessControl, AwsService, CloudModel } from '../cloud.ts';
import type { DynamoDb } from '../dynamodb/start-dynamodb.ts';
import { respondToCall } from '../gateway/respond-to-call.ts';
import type { AccessKeys } from '../iam/access-keys.ts';
import { type DirectFunction, directCalls, type MainThread } from './direct-calls.ts';

/** What the main thread serves direct calls with. */
export interface DirectOptions {
  readonly model: CloudModel;
  readonly keys: AccessKeys;
  readonly access: AccessControl;
  readonly services: readonly AwsService[];
  readonly dynamoDb: DynamoDb;
  /** Address of the AWS endpoint. */
  readonly endpoint: string;
  /** Shared: 1 while every call must pass the endpoint. */
  readonly detour: Int32Array;
  log(line: string): void;
  onFailure(error: unknown): void;
}

/** Objects are read and written as streams, which a message cannot carry. */
const streamed = 's3';

/** The function whose threads serve its calls. */
export interface CallingFunction {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
}

/** Returns a function that builds the direct calls of a function of the app. */
export function directFunctions(options: DirectOptions): (caller: CallingFunction) => DirectFunction {
  const { model, keys, access, dynamoDb, endpoint, detour, log, onFailure } = options;
  const { url: engineUrl, tables } = dynamoDb.engine;
  const services = new Map(options.services.map((service) => [service.signingName, service]));
  const names = [...services.keys()].filter((name) => name !== streamed);
  const written = new Int32Array(new SharedArrayBuffer(4 * Math.max(1, tables.length)));
  const shared = { endpoint, services: names, engineUrl, tables, detour, written };
  const notify = (streamArn: string): void => {
    const table = tables.findIndex(({ stream }) => stream?.arn === streamArn);
    if (table < 0) return;
    // Reset before the stream is read: a later write is reported again.
    Atomics.store(written, table, 0);
    dynamoDb.notify(streamArn);
  };
  // Otherwise the mark of a thread that ended before its report would suppress all later reports.
  const threadEnded = (): void => {
    for (const { stream } of tables) if (stream !== undefined) notify(stream.arn);
  };
  return ({ name, arn, roleArn }) => {
    const { accessKeyId } = keys.forFunction(arn);
    const calls = directCalls(model, shared, { accessKeyId, functionName: name, roleArn });
    const call: MainThread['call'] = async (signingName, request) => {
      const service = services.get(signingName);
      // The name is checked in the thread, where the code of the function could have replaced anything.
      if (service === undefined) throw new Error(`a thread called the unknown service ${signingName}`);
      const body = Buffer.from(request.body); // a message turns a Buffer into a Uint8Array
      return respondToCall({ ...request, body, principal: calls.principal }, { service, access, onFailure });
    };
    return { calls, main: { log, written: notify, call }, threadEnded };
  };
}
