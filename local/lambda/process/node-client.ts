/**
 * Runs a handler of Node.js with the Lambda Runtime API, in a process of its own. It provides the globals and the
 * errors of Lambda's Node.js runtime, as the threads of the local runtime do.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { loadHandler } from '../thread/load-handler.ts';
import type { ThreadSettings } from '../thread/protocol.ts';
import { awslambda, type HandlerRun, refuseCallbackHandler, runHandler } from '../thread/run-handler.ts';
import { RuntimeError, toFault } from '../thread/runtime-error.ts';
import { type InvocationResponse, nextInvocation, openResponse, postError } from './runtime-api-client.ts';

const variable = (name: string): string => process.env[name] ?? '';
const settings: ThreadSettings = {
  functionName: variable('AWS_LAMBDA_FUNCTION_NAME'),
  handler: variable('_HANDLER'),
  directory: variable('LAMBDA_TASK_ROOT'),
  memoryMegabytes: Number(variable('AWS_LAMBDA_FUNCTION_MEMORY_SIZE')),
  logGroupName: variable('AWS_LAMBDA_LOG_GROUP_NAME'),
  logStreamName: variable('AWS_LAMBDA_LOG_STREAM_NAME'),
  callbacksAllowed: Number.parseInt(variable('AWS_EXECUTION_ENV').slice('AWS_Lambda_nodejs'.length), 10) < 24,
};
/** The running invocation; undefined while the function is loaded and between invocations. */
let current: InvocationResponse | undefined;
let loaded = false;

/** Exit statuses 129 and 128 are those of AWS's runtime. */
process.on('uncaughtException', (error) => void endWith(error, 129));
process.on(
  'unhandledRejection',
  (reason) => void endWith(new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason)), 128),
);

async function endWith(error: unknown, exitStatus: number): Promise<never> {
  const fault = toFault(error);
  console.error(`ERROR ${JSON.stringify(fault)}`);
  try {
    if (current !== undefined) await current.fail(fault);
    else if (!loaded) await postError('/init/error', fault);
  } finally {
    process.exit(exitStatus);
  }
}

Object.assign(globalThis, { awslambda });

async function load(): Promise<HandlerRun> {
  try {
    const handler = await loadHandler(settings.directory, settings.handler);
    const run: HandlerRun = {
      handler,
      settings,
      post: (message) => current?.post(message),
      follow: (_requestId, events) => current?.follow(events) ?? (() => undefined),
    };
    refuseCallbackHandler(run);
    return run;
  } catch (error) {
    return await endWith(error, 1);
  }
}

const run = await load();
loaded = true;
for (;;) {
  const invocation = await nextInvocation();
  process.env['_X_AMZN_TRACE_ID'] = invocation.traceId;
  current = openResponse(invocation.requestId);
  await runHandler(run, { kind: 'invoke', ...invocation });
  await current.sent;
  current = undefined;
}
