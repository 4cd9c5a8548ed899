import { readdirSync, readFileSync } from 'node:fs';

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
 * Checks all watched groups together, and only while groups are watched. Counts memory without a backing
 * file, as the limit of a container does. A limit on address space would not work, because Node.js reserves
 * far more than it uses. Only Linux reports the memory of a process group in `/proc`; on other systems, the
 * memory of a group is not limited. https://docs.kernel.org/filesystems/proc.html
 */
export function createMemoryWatch(): MemoryWatch {
  const groups = new Map<number, Watched>();
  let timer: NodeJS.Timeout | undefined;
  const checkGroups = (): void => {
    const usedBytes = usedBytesByGroup(groups);
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
      if (process.platform !== 'linux') return () => undefined;
      groups.set(groupId, { limitBytes, onExceeded });
      timer ??= setInterval(checkGroups, intervalMs);
      return () => forget(groupId);
    },
  };
}

function usedBytesByGroup(groups: ReadonlyMap<number, unknown>): ReadonlyMap<number, number> {
  const usedBytes = new Map<number, number>();
  for (const pid of processIds()) {
    const groupId = groupOf(pid);
    if (groupId === undefined || !groups.has(groupId)) continue;
    usedBytes.set(groupId, (usedBytes.get(groupId) ?? 0) + memoryOf(pid));
  }
  return usedBytes;
}

function processIds(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** The name of a program may contain spaces and parentheses: the other fields follow the last parenthesis. */
function groupOf(pid: string): number | undefined {
  const stat = contentOf(pid, 'stat');
  const group = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2];
  return group === undefined ? undefined : Number(group);
}

function memoryOf(pid: string): number {
  const status = contentOf(pid, 'status');
  const kilobytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return (kilobytes('RssAnon') + kilobytes('RssShmem')) * 1024;
}

/** Empty for a process that has just ended. */
function contentOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
