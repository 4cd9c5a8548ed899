/** Submits jobs and waits for their ends; what the benchmarks of this folder have in common. */

/** How many jobs a client submits, how many of them at a time. */
export interface Load {
  readonly jobs: number;
  readonly parallel: number;
}

export interface Measured {
  /** Milliseconds of each job, from its submission to the moment at which the client knows its end. */
  readonly times: readonly number[];
  readonly seconds: number;
}

/** Runs jobs to their end, with as many clients as jobs may run at a time. */
export async function measure({ jobs, parallel }: Load, runJob: () => Promise<void>): Promise<Measured> {
  const times: number[] = [];
  const beganAt = performance.now();
  let left = jobs;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      const submittedAt = performance.now();
      await runJob();
      times.push(performance.now() - submittedAt);
    }
  };
  await Promise.all(Array.from({ length: parallel }, client));
  return { times, seconds: (performance.now() - beganAt) / 1000 };
}

/** Returns the value that a share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}
