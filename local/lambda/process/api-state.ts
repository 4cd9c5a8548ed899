import type { ServerResponse } from 'node:http';
import type { FaultPayload } from '../fault-payloads.ts';

/** An invocation as the Runtime API describes it to a process. */
export interface Invocation {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  readonly functionArn: string;
  readonly deadlineAt: number;
  readonly traceId: string;
}

/** Reports of a process. `ready` is its first request of an invocation, before which it loads its code. */
export interface RuntimeEvents {
  ready(): void;
  /** The process received the invocation. */
  handed(): void;
  initFailed(fault: FaultPayload): void;
  done(payload: string): void;
  failed(fault: FaultPayload): void;
  /** Settles when the chunk was read. */
  chunk(bytes: Uint8Array, contentType: string): Promise<void>;
  ended(): void;
}

/** State of the Runtime API of one process; the names of the phases are those of AWS's error messages. */
export interface ApiState {
  readonly events: RuntimeEvents;
  phase: 'Started' | 'Ready' | 'Running' | 'InvocationResponse' | 'RuntimeResponseSentState' | 'InitError';
  invocation?: Invocation;
  /** Requests of the process for an invocation. */
  readonly waiting: ServerResponse[];
}

/** An error response of the Runtime API. */
interface Refusal {
  readonly status: number;
  readonly errorType: string;
  readonly errorMessage: string;
}

/** Responds that a report was accepted. */
export function accept(outgoing: ServerResponse): void {
  outgoing.writeHead(202, { 'Content-Type': 'application/json' });
  outgoing.end('{"status":"OK"}\n');
}

/** Responds with an error. */
export function refuse(outgoing: ServerResponse, { status, ...error }: Refusal): void {
  outgoing.writeHead(status, { 'Content-Type': 'application/json' });
  outgoing.end(`${JSON.stringify(error)}\n`);
}

/** Responds that a process must not make this request now. */
export function refuseTransition({ phase }: ApiState, outgoing: ServerResponse, wanted: string): void {
  const errorMessage = `State transition from ${phase} to ${wanted} failed for runtime. Error: State transition is not allowed`;
  refuse(outgoing, { status: 403, errorType: 'InvalidStateTransition', errorMessage });
}
