import { readdirSync, readFileSync } from 'node:fs';
import { isRunning } from '../../../local/test/fixture/until.ts';

/** All processes below a process, at any depth, at this moment. Linux only, as is the test that needs it. */
export function childrenOf(pid: number): readonly number[] {
  const parents = new Map(allProcesses().map((one) => [one, parentOf(one)]));
  const below = (parent: number): number[] =>
    [...parents].filter(([, its]) => its === parent).flatMap(([one]) => [one, ...below(one)]);
  return below(pid);
}

/** Running processes whose command line or environment contains a text, except this one. */
export function processesNaming(text: string): readonly number[] {
  return allProcesses().filter(
    (pid) =>
      pid !== process.pid &&
      isRunning(pid) &&
      (contentOf(pid, 'cmdline').includes(text) || contentOf(pid, 'environ').includes(text)),
  );
}

function allProcesses(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The name of a program can contain spaces and brackets: the fields start after the last bracket. */
function parentOf(pid: number): number {
  const stat = contentOf(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** Empty for a process that has just ended, or belongs to another user. */
function contentOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
