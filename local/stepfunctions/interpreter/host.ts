import type { JsonRecord } from '../../json.ts';
import type { TaskState } from './state.ts';

/** What an execution provides to its states. */
export interface Host {
  /** Calls the function of a task and returns the task's result. Throws a `StateError`. */
  perform(task: TaskState, parameters: unknown): Promise<unknown>;
  /** Members of the context object that are the same in all states. */
  readonly context: { readonly Execution: JsonRecord; readonly StateMachine: JsonRecord };
  /** Factor on waits and on pauses between retries. */
  readonly delayScale: number;
  /** When it is aborted, the run of a state ends soon, with any result or error. */
  readonly signal: AbortSignal;
}

/** Output of a state and name of the next one; null ends the execution. */
export interface Passage {
  readonly next: string | null;
  readonly output: unknown;
}

/** One visit of a state: its input, and the part of the context object that describes the state. */
export interface Visit {
  readonly input: unknown;
  readonly entry: { readonly Name: string; readonly EnteredTime: string };
}

/** Result of an execution. `output` is JSON text. */
export type Outcome =
  | { readonly status: 'SUCCEEDED'; readonly output: string }
  | { readonly status: 'FAILED' | 'TIMED_OUT'; readonly error?: string; readonly cause?: string };
