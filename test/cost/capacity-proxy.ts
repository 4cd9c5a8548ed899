import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { engineBinary } from '../../local/dynamodb/engine-binary.ts';
import { type EngineClient, engineClient } from '../../local/dynamodb/engine-client.ts';
import { startEngineProcess } from '../../local/dynamodb/engine-process.ts';

/** A DynamoDB engine that reports the consumed capacity in every response. */
export interface CapacityProxy {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const operationsWithCapacity = new Set([
  'GetItem',
  'BatchGetItem',
  'Query',
  'Scan',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'TransactGetItems',
  'TransactWriteItems',
]);

/**
 * Starts an engine in `directory` behind a proxy that requests `ConsumedCapacity`, so that the figures are the engine's and the
 * product's own calls stay unchanged.
 */
export async function startCapacityProxy(directory: string): Promise<CapacityProxy> {
  const engine = await startEngineProcess(engineBinary(), directory);
  const client = engineClient(engine.endpoint);
  const server = createServer((request, response) => {
    pass(client, request, response).catch(() => response.destroy());
  });
  const stop = async () => {
    client.close();
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
    await engine.stop();
  };
  await once(server.listen(0, '127.0.0.1'), 'listening').catch((error: unknown) =>
    stop().then(() => raise(error)),
  );
  const { port } = server.address() as AddressInfo; // a TCP server that listens has an address
  return { endpoint: `http://127.0.0.1:${port}`, stop };
}

function raise(error: unknown): never {
  throw error;
}

async function pass(client: EngineClient, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const input = (await json(request)) as object; // the body of every operation is an object
  const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
  const withCapacity = operationsWithCapacity.has(operation)
    ? { ...input, ReturnConsumedCapacity: 'INDEXES' }
    : input;
  const body = Buffer.from(JSON.stringify(withCapacity));
  const answer = await client.forward(passedHeaders(request, body.length), body);
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

function passedHeaders(request: IncomingMessage, length: number): Readonly<Record<string, string>> {
  const names = ['x-amz-target', 'x-amz-date', 'authorization', 'content-type'];
  const passed = names.map((name) => [name, String(request.headers[name] ?? '')] as const);
  return { ...Object.fromEntries(passed), 'content-length': String(length) };
}
