import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { maxResponseBytes, responseTooLarge } from '../fault-payloads.ts';
import { type ApiState, accept, refuse } from './api-state.ts';
import { readErrorReport } from './error-report.ts';
import { readLimited } from './read-limited.ts';
import { isStreamed, readStreamed } from './streamed-response.ts';

/** Receives the response of a function. */
export async function receiveResponse(
  state: ApiState,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const mode = incoming.headers['lambda-runtime-function-response-mode'];
  if (mode !== undefined && !isStreamed(incoming)) {
    settle(state, () =>
      state.events.failed({ errorType: 'Runtime.InvalidResponseModeHeader', errorMessage: '' }),
    );
    const errorMessage = 'Invalid function response mode';
    return refuse(outgoing, { status: 400, errorType: 'InvalidFunctionResponseMode', errorMessage });
  }
  if (isStreamed(incoming)) {
    const fault = await readStreamed(incoming, state.events.chunk);
    settle(state, () => (fault === undefined ? state.events.ended() : state.events.failed(fault)));
    return accept(outgoing);
  }
  const { bytes, exceeded } = await readLimited(incoming, maxResponseBytes);
  await outputRead();
  settle(state, () =>
    exceeded ? state.events.failed(responseTooLarge()) : state.events.done(bytes.toString()),
  );
  if (!exceeded) return accept(outgoing);
  const errorMessage = `Exceeded maximum allowed payload size (${maxResponseBytes} bytes).`;
  refuse(outgoing, { status: 413, errorType: 'RequestEntityTooLarge', errorMessage });
}

/** Receives the error of a function that failed. */
export async function receiveError(
  state: ApiState,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { bytes, exceeded } = await readLimited(incoming, maxResponseBytes);
  await outputRead();
  const fault = exceeded ? responseTooLarge() : readErrorReport(bytes, incoming.headers);
  settle(state, () => state.events.failed(fault));
  accept(outgoing);
}

function settle(state: ApiState, report: () => void): void {
  state.phase = 'RuntimeResponseSentState';
  delete state.invocation;
  report();
}

/**
 * Lets this process read the lines that the function wrote before its response, which are already in the pipes:
 * they belong to this invocation.
 */
async function outputRead(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
