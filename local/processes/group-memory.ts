import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** Memory in bytes by id of the process group. */
type GroupMemory = ReadonlyMap<number, number>;

/** Measures the memory of these groups; the result may contain other groups too. */
type MeasureGroups = (groupIds: ReadonlySet<number>) => Promise<GroupMemory>;

/**
 * Returns a function that measures the memory of process groups; undefined on Windows, which has no process groups. Linux counts memory without a backing file, as the limit of a container does; other systems count the
 * resident set, which contains shared libraries too. The function never rejects.
 */
export function groupMemory(platform = process.platform): MeasureGroups | undefined {
  if (platform === 'win32') return undefined;
  return platform === 'linux' ? async (groupIds) => sum(readProcesses(groupIds)) : measureWithPs;
}

interface ProcessMemory {
  readonly groupId: number;
  readonly usedBytes: number;
}

function sum(processes: readonly ProcessMemory[]): GroupMemory {
  const usedBytes = new Map<number, number>();
  for (const { groupId, usedBytes: bytes } of processes)
    usedBytes.set(groupId, (usedBytes.get(groupId) ?? 0) + bytes);
  return usedBytes;
}

/** https://docs.kernel.org/filesystems/proc.html */
function readProcesses(groupIds: ReadonlySet<number>): readonly ProcessMemory[] {
  return processIds().flatMap((pid) => {
    const groupId = groupOf(pid);
    return groupId === undefined || !groupIds.has(groupId) ? [] : [{ groupId, usedBytes: memoryOf(pid) }];
  });
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

const run = promisify(execFile);

/** The columns are those of POSIX: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/ps.html */
async function measureWithPs(): Promise<GroupMemory> {
  try {
    const { stdout } = await run('ps', ['-A', '-o', 'pgid=,rss=']);
    const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
    return sum(
      rows.flatMap(([groupId, kilobytes]) =>
        groupId === undefined || kilobytes === undefined ? [] : [{ groupId, usedBytes: kilobytes * 1024 }],
      ),
    );
  } catch {
    return new Map();
  }
}
