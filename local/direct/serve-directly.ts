import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { CloudModel } from '../cloud.ts';
import { dynamoDbService } from '../dynamodb/dynamodb-service.ts';
import { engineClient } from '../dynamodb/engine-client.ts';
import { messageOf } from '../error-message.ts';
import { respondToCall } from '../gateway/respond-to-call.ts';
import { accessControl } from '../iam/access-control.ts';
import { logDenials } from '../iam/log-denials.ts';
import { type Serve, ServedRequest } from './client-request.ts';
import type { DirectCalls, MainThread } from './direct-calls.ts';

/**
 * Serves the AWS calls of this thread's function without HTTP to the endpoint: `http.request` is replaced for requests to the endpoint
 * that are signed with the function's own key. The thread checks and sends calls of DynamoDB itself, and passes those of the other
 * services in `calls.services` to the main thread as messages. The thread is the proof of identity, so signatures are not verified.
 * All other requests are sent as usual.
 */
export function serveDirectly(calls: DirectCalls, main: MainThread): void {
  const endpoint = new URL(calls.endpoint);
  const own = new RegExp(`Credential=${calls.accessKeyId}/[^/]+/[^/]+/([^/]+)/aws4_request`);
  const dynamoDb = serveDynamoDb(calls, main);
  const real = http.request;
  const serverOf = ({ host, hostname, port, headers }: RequestOptions): Serve | undefined => {
    if ((hostname ?? host) !== endpoint.hostname || String(port) !== endpoint.port) return undefined;
    if (Atomics.load(calls.detour, 0) === 1) return undefined;
    const service = own.exec(headerOf(headers, 'authorization'))?.[1] ?? '';
    if (service === 'dynamodb') return dynamoDb;
    return calls.services.includes(service) ? (request) => main.call(service, request) : undefined;
  };
  const request = (...parameters: Parameters<typeof real>): ClientRequest => {
    const [options, listener] = parameters as readonly unknown[];
    const serve = isOptions(options) ? serverOf(options) : undefined;
    if (!isOptions(options) || serve === undefined) return Reflect.apply(real, http, parameters);
    const served = new ServedRequest(options, serve);
    if (typeof listener === 'function')
      served.once('response', listener as (message: IncomingMessage) => void);
    return served as unknown as ClientRequest; // has the members that HTTP clients use
  };
  Object.assign(http, { request });
  syncBuiltinESMExports();
}

function isOptions(value: unknown): value is RequestOptions {
  return typeof value === 'object' && value !== null && !(value instanceof URL);
}

function headerOf(headers: RequestOptions['headers'], name: string): string {
  const found = Object.entries(headers ?? {}).find(([each]) => each.toLowerCase() === name);
  return String(found?.[1] ?? '');
}

function serveDynamoDb(calls: DirectCalls, main: MainThread): Serve {
  const model = modelOf(calls);
  const indexes = new Map(calls.tables.map(({ stream }, index) => [stream?.arn, index]));
  const service = dynamoDbService({
    model,
    engine: engineClient(calls.engineUrl),
    tables: calls.tables,
    notify: (streamArn) => {
      const index = indexes.get(streamArn);
      // The main thread resets the mark before it reads the stream, so one report covers many writes.
      if (index !== undefined && Atomics.exchange(calls.written, index, 1) === 0) main.written(streamArn);
    },
  });
  const scope = {
    service,
    access: logDenials(accessControl(model), main.log),
    onFailure: (error: unknown) =>
      main.log(error instanceof Error ? (error.stack ?? error.message) : messageOf(error)),
  };
  return (request) => respondToCall({ ...request, principal: calls.principal }, scope);
}

function modelOf({ accountId, region, resources }: DirectCalls): CloudModel {
  return {
    accountId,
    region,
    resources,
    outputs: [],
    ofType: (type) => resources.filter((resource) => resource.type === type),
    byArn(arn) {
      const found = resources.find((resource) => resource.arn === arn);
      if (found === undefined) throw new Error(`no resource of the app has the ARN ${arn}`);
      return found;
    },
  };
}
