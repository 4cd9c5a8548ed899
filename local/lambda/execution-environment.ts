import type { Call } from './call.ts';
import type { LogNames } from './function-environment.ts';

/** An execution environment: a thread or a process that has loaded a function. */
export interface ExecutionEnvironment {
  /** Number of calls that have not settled. */
  readonly callCount: number;
  /** Total characters of the payloads of those calls. */
  readonly payloadCharacters: number;
  /** False if the environment is about to end: another call would be lost. */
  readonly accepting: boolean;
  run(call: Call): void;
  /** Settles when the function was loaded or the environment ended. */
  readonly loaded: Promise<void>;
  /** Ends the environment at once; running calls fail with `signal: killed`. */
  end(): Promise<void>;
}

/** What the pool of a function gives to each of its environments. */
export interface EnvironmentContext {
  /** The log group and the log stream in the context of the calls. */
  readonly names: LogNames;
  /** Receives the lines that the function writes to its standard output and error, and errors of the runtime. */
  log(line: string): void;
  /** Called when a call settles or the environment ends, so that there may be capacity or work. */
  onChange(): void;
  onEnd(): void;
}
