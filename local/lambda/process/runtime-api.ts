import type { IncomingMessage, ServerResponse } from 'node:http';
import { startLoopbackServer } from '../../loopback-server.ts';
import { isOfOtherUser } from '../../processes/connection-user.ts';
import { maxResponseBytes } from '../fault-payloads.ts';
import {
  type ApiState,
  accept,
  type Invocation,
  type RuntimeEvents,
  refuse,
  refuseTransition,
} from './api-state.ts';
import { readErrorReport } from './error-report.ts';
import { receiveError, receiveResponse } from './invocation-outcome.ts';
import { readLimited } from './read-limited.ts';

/** The Runtime API of one process. */
export interface RuntimeApi {
  /** Value of `AWS_LAMBDA_RUNTIME_API`, such as `127.0.0.1:40123`. */
  readonly address: string;
  /** Gives an invocation to the process, now or when it requests one. Call it only after the previous one has settled. */
  give(invocation: Invocation): void;
  close(): void;
}

const prefix = '/2018-06-01/runtime';
/** Clients send the cause of an error for X-Ray in a header of up to 1 MiB. */
const maxHeaderBytes = 2_097_152;

/**
 * Starts the Lambda Runtime API for one process, on a free port of 127.0.0.1 that only the environment of the
 * process names. Requests of web pages and, on Linux, connections of other users are refused. Status codes and
 * error types are those of AWS's emulator.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 * @see https://github.com/aws/aws-lambda-runtime-interface-emulator (internal/lambda/rapi)
 */
export async function startRuntimeApi(events: RuntimeEvents): Promise<RuntimeApi> {
  const state: ApiState = { events, phase: 'Started', waiting: [] };
  // Connections stay open while a function runs, however long that takes.
  const options = { port: 0, maxHeaderSize: maxHeaderBytes, keepAliveTimeout: 0, requestTimeout: 0 };
  const { server, url } = await startLoopbackServer(options, (incoming, outgoing) => {
    serve(state, incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on('connection', (socket) => {
    if (isOfOtherUser(socket)) socket.destroy();
  });
  return {
    address: new URL(url).host,
    give: (invocation) => {
      state.invocation = invocation;
      state.phase = 'Ready';
      const waiter = state.waiting.shift();
      if (waiter !== undefined) hand(state, waiter);
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function serve(state: ApiState, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { method, url = '' } = incoming;
  const path = url.startsWith(prefix) ? url.slice(prefix.length) : '';
  const [, requestId, outcome] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
  if (isFromBrowser(incoming))
    refuse(outgoing, { status: 403, errorType: 'Forbidden', errorMessage: 'Web pages have no access' });
  else if (method === 'GET' && path === '/invocation/next') next(state, outgoing);
  else if (method === 'POST' && path === '/init/error') await initError(state, incoming, outgoing);
  else if (method === 'POST' && requestId !== undefined)
    await (requestId === state.invocation?.requestId
      ? receive(state, incoming, { outgoing, isError: outcome === 'error' })
      : refuse(outgoing, { status: 400, errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' }));
  else {
    const errorMessage = `${method} ${url} is not part of the Runtime API`;
    refuse(outgoing, { status: 404, errorType: 'NotFound', errorMessage });
  }
}

/** If the connection ends before the body, the process can send its response again. */
async function receive(
  state: ApiState,
  incoming: IncomingMessage,
  { outgoing, isError }: { readonly outgoing: ServerResponse; readonly isError: boolean },
): Promise<void> {
  if (state.phase !== 'Running')
    return refuseTransition(state, outgoing, isError ? 'InvocationErrorResponse' : 'InvocationResponse');
  state.phase = 'InvocationResponse';
  try {
    await (isError ? receiveError(state, incoming, outgoing) : receiveResponse(state, incoming, outgoing));
  } catch {
    if (state.phase === 'InvocationResponse') state.phase = 'Running';
    outgoing.destroy();
  }
}

/** A client that repeats its request gets the same invocation again. */
function next(state: ApiState, outgoing: ServerResponse): void {
  if (state.phase === 'InitError') refuseTransition(state, outgoing, 'Ready');
  else if (state.invocation === undefined) wait(state, outgoing);
  else hand(state, outgoing);
}

function wait(state: ApiState, outgoing: ServerResponse): void {
  state.waiting.push(outgoing);
  outgoing.once('close', () => {
    const index = state.waiting.indexOf(outgoing);
    if (index >= 0) state.waiting.splice(index, 1);
  });
  const first = state.phase === 'Started';
  state.phase = 'Ready';
  if (first) state.events.ready();
}

function hand(state: ApiState, outgoing: ServerResponse): void {
  const { invocation } = state;
  if (invocation === undefined) return;
  state.phase = 'Running';
  state.events.handed();
  outgoing.writeHead(200, {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
    'Lambda-Runtime-Deadline-Ms': String(invocation.deadlineAt),
    'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
    'Lambda-Runtime-Trace-Id': invocation.traceId,
  });
  outgoing.end(invocation.payload);
}

async function initError(
  state: ApiState,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  if (state.phase !== 'Started') return refuseTransition(state, outgoing, 'InitError');
  state.phase = 'InitError';
  const { bytes } = await readLimited(incoming, maxResponseBytes);
  accept(outgoing);
  state.events.initFailed(readErrorReport(bytes, incoming.headers));
}

/** A browser adds these headers to every request of a page, which cannot remove them. */
function isFromBrowser({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
}
