import { readdirSync, readFileSync } from 'node:fs';

/** Watches how much memory process groups take. */
export interface MemoryWatch {
  /** Calls `onExceeded` once when the group holds more; answers how to stop watching. */
  watch(groupId: number, limitBytes: number, onExceeded: () => void): () => void;
}

interface Watched {
  readonly limitBytes: number;
  readonly onExceeded: () => void;
}

const INTERVAL_MS = 200;

/**
 * Looks at all watched groups together, and only while there are any. Counts what no file backs, as a container's limit
 * does. A limit on address space would not do: Node.js reserves far more than it takes. Without `/proc` nothing is limited.
 * https://docs.kernel.org/filesystems/proc.html
 */
export function createMemoryWatch(): MemoryWatch {
  const groups = new Map<number, Watched>();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const held = heldBytes(groups);
    for (const [groupId, { limitBytes, onExceeded }] of groups) {
      if ((held.get(groupId) ?? 0) <= limitBytes) continue;
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
      groups.set(groupId, { limitBytes, onExceeded });
      timer ??= setInterval(look, INTERVAL_MS);
      return () => forget(groupId);
    },
  };
}

function heldBytes(groups: ReadonlyMap<number, unknown>): ReadonlyMap<number, number> {
  const held = new Map<number, number>();
  for (const pid of processIds()) {
    const groupId = groupOf(pid);
    if (groupId === undefined || !groups.has(groupId)) continue;
    held.set(groupId, (held.get(groupId) ?? 0) + memoryOf(pid));
  }
  return held;
}

function processIds(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** The name of a program may hold spaces and brackets: the fields begin behind the last bracket. */
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

/** Empty for a process that has just gone. */
function contentOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
