import { groupMemory } from './group-memory.ts';

/** Watches the memory of process groups. */
export interface MemoryWatch {
  /**
   * Calls `onExceeded` once when the group's memory exceeds the limit. Returns a function that stops
   * watching.
   */
  watch(groupId: number, limitBytes: number, onExceeded: () => void): () => void;
}

interface Watched {
  readonly limitBytes: number;
  readonly onExceeded: () => void;
}

const intervalMs = 200;

/**
 * Checks all watched groups together, and only while groups are watched. A limit on address space would not work,
 * because Node.js reserves far more than it uses. On Windows, the memory of a group is not limited.
 */
export function createMemoryWatch(platform = process.platform): MemoryWatch {
  const measure = groupMemory(platform);
  const groups = new Map<number, Watched>();
  let timer: NodeJS.Timeout | undefined;
  let measuring = false;
  const checkGroups = async (): Promise<void> => {
    if (measure === undefined || measuring) return;
    measuring = true;
    const usedBytes = await measure(new Set(groups.keys()));
    measuring = false;
    for (const [groupId, { limitBytes, onExceeded }] of groups) {
      if ((usedBytes.get(groupId) ?? 0) <= limitBytes) continue;
      forget(groupId);
      onExceeded();
    }
  };
  const forget = (groupId: number): void => {
    groups.delete(groupId);
    if (groups.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  return {
    watch: (groupId, limitBytes, onExceeded) => {
      if (measure === undefined) return () => undefined;
      const watched = { limitBytes, onExceeded };
      groups.set(groupId, watched);
      timer ??= setInterval(() => void checkGroups(), intervalMs);
      return () => {
        if (groups.get(groupId) === watched) forget(groupId);
      };
    },
  };
}
