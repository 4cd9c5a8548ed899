/** The input of an execution of the attempt state machine: references only, never parameters or results. */
export interface ExecutionInput {
  readonly tenant: string;
  readonly jobId: string;
  /** The attempt that this execution is to claim, from 1. */
  readonly attempt: number;
  /** Number of the start of this attempt, from 1. */
  readonly start: number;
  /** Whole seconds to wait before the claim. */
  readonly delaySeconds: number;
  /** The job was queued for capacity and has a turn: it is claimed although its target is congested. */
  readonly hasTurn?: true;
  /**
   * Instead of a claim: the congested target to probe, and its `Congestion.probeId`. The ID is named `probe`
   * because executions that have already started contain this name.
   */
  readonly probe?: { readonly target: string; readonly probe: number };
}

/** Starts executions of the attempt state machine. */
export interface ExecutionStarter {
  /**
   * Throws if the start is not certain; the reconciler then starts the attempt again with the next start
   * number.
   */
  start(executionType: 'express' | 'standard', input: ExecutionInput): Promise<void>;
}
