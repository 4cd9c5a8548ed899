import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceCall } from 'errand/worker';

/** The service's parameters, see `service.json`; the share is of one processor. */
export type LoadParameters = {
  readonly duration_seconds: number;
  readonly target_cpu_percent: number;
};

/** The service's result: the work that was done, by the clock of the processor. */
export type LoadReport = {
  readonly duration_seconds: number;
  readonly cpu_seconds: number;
  readonly cpu_percent: number;
  readonly slices: number;
};

const sliceMilliseconds = 100;

/**
 * Keeps one processor busy at a share, in slices of 100 ms: computes first and sleeps for the rest, so that reports go out
 * and an abort takes effect between slices. Throws the signal's reason within a slice of its abort.
 */
export async function burnCpu({
  parameters: { duration_seconds: durationSeconds, target_cpu_percent: targetPercent },
  signal,
  progress,
}: Pick<ServiceCall<LoadParameters>, 'parameters' | 'signal' | 'progress'>): Promise<LoadReport> {
  const start = performance.now();
  const used = process.threadCpuUsage();
  const end = start + durationSeconds * 1_000;
  let busy = 0;
  let slices = 0;
  for (let now = start; now < end; now = performance.now()) {
    signal.throwIfAborted();
    const sliceEnd = Math.min(now + sliceMilliseconds, end);
    // If a sleep lasted too long, the next slice makes up for it.
    const wanted = ((sliceEnd - start) * targetPercent) / 100 - busy;
    busy += compute(Math.min(wanted, sliceEnd - now));
    slices += 1;
    progress({ completion: Math.min(1, (now - start) / (end - start)) });
    await sleep(Math.max(0, sliceEnd - performance.now()));
  }
  progress({ completion: 1 });
  return report({
    durationSeconds: (performance.now() - start) / 1_000,
    used: process.threadCpuUsage(used),
    slices,
  });
}

/** Computes for the given number of milliseconds and returns the actual number. */
function compute(milliseconds: number): number {
  const start = performance.now();
  let value = 1;
  while (performance.now() - start < milliseconds) {
    for (let round = 0; round < 1_000; round += 1) value = Math.sqrt(value + round);
  }
  return performance.now() - start;
}

interface Measured {
  readonly durationSeconds: number;
  readonly used: { readonly user: number; readonly system: number };
  readonly slices: number;
}

function report({ durationSeconds, used: { user, system }, slices }: Measured): LoadReport {
  const cpuSeconds = (user + system) / 1_000_000;
  return {
    duration_seconds: rounded(durationSeconds),
    cpu_seconds: rounded(cpuSeconds),
    cpu_percent: slices === 0 ? 0 : rounded((cpuSeconds / durationSeconds) * 100),
    slices,
  };
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
