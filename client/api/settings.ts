/** How the client waits. */
export interface Settings {
  /** Seconds between two requests for the state of a job where neither a stream nor a long poll works. Default: as `Retry-After` of the response states. */
  readonly refreshIntervalSeconds?: number | undefined;
  /** Whether `wait` shows a progress bar on the standard error of a terminal. Default: false. */
  readonly showProgress?: boolean | undefined;
  /** Longest wait of `wait` and `result` in seconds. Default: until the job has ended, which every job does. */
  readonly maxWaitSeconds?: number | undefined;
}
