/** What the job router is told: references only, never parameters or results. */
export interface ExecutionInput {
  readonly tenant: string;
  readonly jobId: string;
  /** The attempt that this execution is to claim, from 1. */
  readonly attempt: number;
  /** How often a start was tried for this attempt, from 1. */
  readonly start: number;
  /** Whole seconds to wait before the claim. */
  readonly delaySeconds: number;
  /** The job was queued for capacity, and its turn has come: it is claimed although its target is congested. */
  readonly hasTurn?: true;
  /** In the place of a claim: the congested target to try, and `Congestion.probe`. */
  readonly probe?: { readonly target: string; readonly probe: number };
}

/** Starts the job router. */
export interface ExecutionStarter {
  /** Throws when the start is not certain; the reconciler then starts again with the next start number. */
  start(router: 'express' | 'standard', input: ExecutionInput): Promise<void>;
}
