import { readdirSync, readFileSync } from 'node:fs';

/** Processor time in milliseconds by the name of the thread, for all threads of some processes. */
export type ProcessorTime = ReadonlyMap<string, number>;

/** The clock tick of /proc in milliseconds, which is 10 on every usual Linux. */
const tickMs = 10;

/**
 * Returns the processor time that the running threads have used. Threads that have ended are counted under `ended`, so that the sum
 * is that of the processes. Needs Linux.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function processorTime(pids: readonly number[]): ProcessorTime {
  const times = new Map<string, number>();
  const add = (name: string, ms: number) => times.set(name, (times.get(name) ?? 0) + ms);
  for (const pid of pids) {
    const whole = statOf(`/proc/${pid}/stat`);
    let running = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const { name, ms } = statOf(`/proc/${pid}/task/${thread}/stat`);
      running += ms;
      add(Number(thread) === pid ? `${name} (main thread)` : name, ms);
    }
    add('ended', Math.max(0, whole.ms - running));
  }
  return times;
}

/** Returns how much each thread has used since an earlier measurement. */
export function since(earlier: ProcessorTime, now: ProcessorTime): ProcessorTime {
  return new Map([...now].map(([name, ms]) => [name, ms - (earlier.get(name) ?? 0)]));
}

/** Returns the resident memory of processes in MiB. Needs Linux. */
export function residentMiB(pids: readonly number[]): number {
  const kibibytes = pids.map((pid) =>
    Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0),
  );
  return Math.round(kibibytes.reduce((sum, one) => sum + one, 0) / 1024);
}

/** The name of a thread can contain spaces and brackets: the fields start after the last bracket. */
function statOf(file: string): { readonly name: string; readonly ms: number } {
  const stat = readFileSync(file, 'utf8');
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  return {
    name: stat.slice(stat.indexOf('(') + 1, end),
    ms: (Number(fields[11]) + Number(fields[12])) * tickMs,
  };
}
