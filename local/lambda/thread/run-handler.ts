import { invocationContext } from './invocation-context.ts';
import type { UserHandler } from './load-handler.ts';
import type { FromThread, ThreadSettings, ToThread } from './protocol.ts';
import {
  abandonResponseStream,
  createResponseStream,
  finishResponseStream,
  HttpResponseStream,
  sendWritten,
} from './response-stream.ts';
import { RuntimeError, toFault } from './runtime-error.ts';

const streamingSymbol = Symbol.for('aws.lambda.runtime.handler.streaming');

/** The `awslambda` global, which must exist before user code is loaded. */
export const awslambda = {
  HttpResponseStream,
  streamifyResponse: (handler: UserHandler): UserHandler =>
    Object.assign(handler, { [streamingSymbol]: 'response' }),
};

/** Events that the runtime reports about the reader of a stream. */
export interface ReaderEvents {
  /** A chunk was read. */
  taken(): void;
  /** No client reads any longer. */
  abandoned(): void;
}

/**
 * Shared by the handlers of a thread: `post` sends a message to the runtime, `follow` registers for the
 * events of a reader until it is ended.
 */
export interface HandlerRun {
  readonly handler: UserHandler;
  readonly settings: ThreadSettings;
  post(message: FromThread): void;
  follow(requestId: string, events: ReaderEvents): () => void;
}

/** Runs an invocation and posts its outcome; never throws. */
export async function runHandler(
  run: HandlerRun,
  request: Extract<ToThread, { kind: 'invoke' }>,
): Promise<void> {
  const { requestId } = request;
  try {
    if (streamingSymbol in run.handler) await runStreaming(run, request);
    else run.post({ kind: 'done', requestId, payload: toJson(await runBuffered(run, request)) });
  } catch (error) {
    run.post({ kind: 'failed', requestId, fault: toFault(error) });
  }
}

/** Throws if Lambda refuses the handler's signature: from Node.js 24 on, a third parameter is an error. */
export function refuseCallbackHandler(run: Pick<HandlerRun, 'handler' | 'settings'>): void {
  if (run.settings.callbacksAllowed || streamingSymbol in run.handler || run.handler.length < 3) return;
  throw new RuntimeError(
    'Runtime.CallbackHandlerDeprecated',
    'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. Use an async handler.',
  );
}

/**
 * Runs a streaming handler. If no client reads, the handler continues after the end of its stream, and its
 * outcome is ignored.
 */
async function runStreaming(run: HandlerRun, request: Extract<ToThread, { kind: 'invoke' }>): Promise<void> {
  const { requestId } = request;
  let [failed, abandoned] = [false, false];
  let taken = (): void => undefined;
  const stream = createResponseStream({
    send: (bytes, contentType) => {
      run.post({ kind: 'chunk', requestId, bytes, contentType });
      return new Promise((resolve) => {
        taken = resolve;
      });
    },
    end: () => {
      if (!failed) run.post({ kind: 'ended', requestId });
    },
  });
  const unfollow = run.follow(requestId, {
    taken: () => taken(),
    abandoned: () => {
      abandoned = !stream.writableFinished;
      abandonResponseStream(stream);
    },
  });
  try {
    const event: unknown = JSON.parse(request.payload);
    await run.handler(event, stream, invocationContext(run.settings, request));
    await finishResponseStream(stream);
  } catch (error) {
    failed = true;
    if (abandoned) return run.post({ kind: 'ended', requestId });
    await sendWritten(stream);
    throw error;
  } finally {
    unfollow();
  }
}

function runBuffered(run: HandlerRun, request: Extract<ToThread, { kind: 'invoke' }>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback = (error: unknown, result: unknown): void => {
      if (error === undefined || error === null) resolve(result);
      // User code may call back with any value, and the value is reported unchanged.
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors
      else reject(error);
    };
    const event: unknown = JSON.parse(request.payload);
    const returned = run.handler(event, invocationContext(run.settings, request), callback);
    // A handler with a callback parameter may still respond through it; any other handler has responded by
    // returning.
    if (isThenable(returned) || run.handler.length < 3) resolve(returned);
  });
}

/** A handler that returns undefined responds with null. */
function toJson(value: unknown): string {
  try {
    return JSON.stringify(value === undefined ? null : value) ?? 'null';
  } catch (error) {
    throw new RuntimeError('Runtime.MarshalError', `Unable to stringify response body: ${String(error)}`);
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value;
}
