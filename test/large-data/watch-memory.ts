import { readFileSync } from 'node:fs';
import { childrenOf } from '../support/processes/processes.ts';

/** The resident memory of a service, in bytes. */
export interface ServiceMemory {
  /** Of all processes of the service: the functions run in threads of one of them, and the DynamoDB engine is another one. */
  readonly serviceBytes: number;
  /** Of the containers, which are no part of the service. */
  readonly containerBytes: number;
}

/** Observes the memory of a service. */
export interface MemoryWatch {
  /** Returns the largest values since the last call. They need not have occurred at the same time. */
  peak(): ServiceMemory;
  stop(): void;
}

const intervalMs = 50;

/** Samples the memory of a process and its descendants every 50 ms. Needs Linux. */
export function watchMemory(pid: number): MemoryWatch {
  let highest = memoryOf(pid);
  const sample = (): void => {
    highest = larger(highest, memoryOf(pid));
  };
  const timer = setInterval(sample, intervalMs);
  return {
    peak: () => {
      sample();
      const peak = highest;
      highest = memoryOf(pid);
      return peak;
    },
    stop: () => clearInterval(timer),
  };
}

/** The current memory of a process and its descendants. */
function memoryOf(pid: number): ServiceMemory {
  let [serviceBytes, containerBytes] = [0, 0];
  for (const each of [pid, ...childrenOf(pid)]) {
    const bytes = residentBytes(each);
    if (isContainer(each)) containerBytes += bytes;
    else serviceBytes += bytes;
  }
  return { serviceBytes, containerBytes };
}

function larger(one: ServiceMemory, other: ServiceMemory): ServiceMemory {
  return {
    serviceBytes: Math.max(one.serviceBytes, other.serviceBytes),
    containerBytes: Math.max(one.containerBytes, other.containerBytes),
  };
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(contentOf(pid, 'status'))?.[1] ?? 0) * 1_024;
}

/** AWS Batch sets this variable in every container: https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html */
function isContainer(pid: number): boolean {
  return contentOf(pid, 'environ')
    .split('\0')
    .some((variable) => variable.startsWith('AWS_BATCH_JOB_ID='));
}

/** Empty for a process that has just ended. */
function contentOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
