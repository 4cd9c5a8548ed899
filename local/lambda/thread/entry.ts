/**
 * First module of a function's thread. It provides the globals of Lambda's Node.js runtime, loads user code
 * and handles invocations until the thread is ended.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { AwsResponse } from '../../cloud.ts';
import { serveDirectly } from '../../direct/serve-directly.ts';
import { loadHandler } from './load-handler.ts';
import { postOutput } from './post-output.ts';
import type { FromThread, ThreadSettings, ToThread } from './protocol.ts';
import {
  awslambda,
  type HandlerRun,
  type ReaderEvents,
  refuseCallbackHandler,
  runHandler,
} from './run-handler.ts';
import { RuntimeError, toFault } from './runtime-error.ts';

if (parentPort === null) throw new Error('This module runs only as a thread of the local runtime');
const port = parentPort;
const post = (message: FromThread): void => port.postMessage(message);
postOutput(post);
// Safe cast: the runtime that starts this thread sends nothing else.
const settings = workerData as ThreadSettings;
/** Reader events of each streaming invocation. */
const readers = new Map<string, ReaderEvents>();

const endWith = (error: unknown, exitStatus: number): void => {
  post({ kind: 'fatal', fault: toFault(error) });
  process.exit(exitStatus);
};

/** Exit statuses 129 and 128 are those of AWS's runtime. */
process.on('uncaughtException', (error) => endWith(error, 129));
process.on('unhandledRejection', (reason) =>
  endWith(new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason)), 128),
);

Object.assign(globalThis, { awslambda });

/** AWS calls that the main thread executes. */
const calls = new Map<number, (response: AwsResponse) => void>();
let lastCallId = 0;
if (settings.directCalls !== undefined) {
  serveDirectly(settings.directCalls, {
    written: (streamArn) => post({ kind: 'written', streamArn }),
    log: (line) => post({ kind: 'report', line }),
    call: (service, request) => {
      const callId = ++lastCallId;
      post({ kind: 'call', callId, service, request });
      return new Promise((resolve) => calls.set(callId, resolve));
    },
  });
}

const handler = await loadHandler(settings.directory, settings.handler).catch((error: unknown) => {
  endWith(error, 1);
  throw error;
});
const run: HandlerRun = {
  handler,
  settings,
  post,
  follow: (requestId, events) => {
    readers.set(requestId, events);
    return () => readers.delete(requestId);
  },
};
try {
  refuseCallbackHandler(run);
} catch (error) {
  endWith(error, 1);
}

port.on('message', (message: ToThread) => {
  if (message.kind === 'invoke') void runHandler(run, message);
  else if (message.kind === 'ping') post({ kind: 'pong' });
  else if (message.kind === 'returned') {
    calls.get(message.callId)?.(message.response);
    calls.delete(message.callId);
  } else readers.get(message.requestId)?.[message.kind]();
});
post({ kind: 'ready' });
