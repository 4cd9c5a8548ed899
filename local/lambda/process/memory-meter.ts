import type { MemoryWatch } from '../../processes/memory-watch.ts';

/** Watches the memory of a process while it works, because each check reads the list of all processes. */
export interface MemoryMeter {
  /** The process with this id, which is its group's too, starts to load its code or to run a call. */
  work(pid: number | undefined): void;
  rest(): void;
  end(): void;
}

/** Calls can be shorter than the time between two checks, so a check follows the last one. */
const restMs = 500;

/** Creates a meter that calls `onExceeded` when the process and those that it started exceed the limit. */
export function memoryMeter(memory: MemoryWatch, limitBytes: number, onExceeded: () => void): MemoryMeter {
  let unwatch: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    clearTimeout(timer);
    unwatch?.();
    unwatch = undefined;
  };
  return {
    work: (pid) => {
      clearTimeout(timer);
      if (pid !== undefined) unwatch ??= memory.watch(pid, limitBytes, onExceeded);
    },
    rest: () => {
      clearTimeout(timer);
      timer = setTimeout(end, restMs).unref();
    },
    end,
  };
}
