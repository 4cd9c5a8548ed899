/** What is shown of a job that runs. */
export interface JobProgress {
  /** State of the job, such as `executing`. */
  readonly state: string;
  /** From 0 to 1; undefined if the job has not reported its progress. */
  readonly completion: number | undefined;
  readonly elapsedMs: number;
  /** What the service reported about its progress. */
  readonly message?: string | undefined;
}

const barWidth = 32;

/** Returns a bar whose filled part is the completion, from 0 to 1. */
export function progressBar(completion: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, completion)) * barWidth);
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled);
}

/** Describes the progress of a job in words, in columns of a constant width before the message. */
export function progressText({ state, completion, elapsedMs, message = '' }: JobProgress): string {
  const percent = completion === undefined ? '' : `${Math.floor(completion * 100)} %`;
  const seconds = `${(elapsedMs / 1000).toFixed(1)} s`;
  return `${state.padEnd(9)}  ${percent.padStart(5)}  ${seconds.padStart(6)}  ${message}`.trimEnd();
}
