/** One execution as it was accepted. */
export interface Execution {
  /** For Express it ends in a UUID of this start. */
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  /** JSON text as received. */
  readonly input: string;
  readonly startedAtMs: number;
}

/** How an execution ended. `output` is JSON text. */
export type Outcome =
  | { readonly status: 'SUCCEEDED'; readonly output: string }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error?: string; readonly cause?: string };
