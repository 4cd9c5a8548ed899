/** The time for all use cases; a simulation provides its own. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(durationMs: number): Promise<void>;
}
