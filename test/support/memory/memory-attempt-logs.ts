import type { AttemptLog } from '../../../core/jobs/model/job.ts';
import type { AttemptLogs, LogLine, TimeRange } from '../../../core/ports/attempt-logs.ts';

/** The in-memory logs: they contain the lines that the test writes. */
export interface MemoryAttemptLogs extends AttemptLogs {
  /** Adds lines to a log, which creates the log. */
  write(log: AttemptLog, ...lines: readonly LogLine[]): void;
  /** Puts an empty page before the next lines, as CloudWatch Logs can do. */
  leaveGap(log: AttemptLog): void;
  /** From now on logs of this group cannot be read. */
  forbid(group: string): void;
  /** The number of page requests. */
  readonly reads: number;
}

/** A log is a list of lines and of the gaps between them; a position is an index in it. */
type Entry = LogLine | 'gap';

export function memoryAttemptLogs(): MemoryAttemptLogs {
  const logs = new Map<string, Entry[]>();
  const forbidden = new Set<string>();
  const nameOf = ({ group, stream }: AttemptLog) => `${group}:${stream}`;
  const add = (log: AttemptLog, entries: readonly Entry[]) => {
    logs.set(nameOf(log), [...(logs.get(nameOf(log)) ?? []), ...entries]);
  };
  let reads = 0;
  return {
    get reads() {
      return reads;
    },
    write: (log, ...lines) => add(log, lines),
    leaveGap: (log) => add(log, ['gap']),
    forbid: (group) => void forbidden.add(group),
    async read(log, { from, limit, time }) {
      reads += 1;
      if (forbidden.has(log.group)) return { kind: 'out-of-reach' };
      const entries = logs.get(nameOf(log));
      if (entries === undefined) return { kind: 'missing' };
      const begin = from === undefined ? 0 : Number(/^after (\d+)$/.exec(from)?.[1] ?? Number.NaN);
      if (!(begin <= entries.length)) return { kind: 'unknown-position' };
      const lines = linesFrom(entries, begin, limit);
      const passed = entries[begin] === 'gap' ? 1 : lines.length;
      const next = `after ${begin + passed}`;
      return { kind: 'page', lines: lines.filter(isWithin(time)), next, isEnd: next === from };
    },
    async search({ group, text, time, from }) {
      reads += 1;
      if (forbidden.has(group)) return { kind: 'out-of-reach' };
      const ofGroup = [...logs].filter(([name]) => name.startsWith(`${group}:`));
      if (ofGroup.length === 0) return { kind: 'missing' };
      // The first page of a search is empty, as it may be with CloudWatch Logs.
      if (from === undefined) return { kind: 'found', lines: [], next: 'after 0' };
      if (from !== 'after 0') return { kind: 'unknown-position' };
      const lines = ofGroup.flatMap(([name, entries]) =>
        entries
          .filter((entry) => entry !== 'gap')
          .filter((line) => line.message.includes(text) && isWithin(time)(line))
          .map((line) => ({ ...line, stream: name.slice(group.length + 1) })),
      );
      return { kind: 'found', lines: lines.toSorted((left, right) => left.at - right.at) };
    },
  };
}

function isWithin(time: TimeRange | undefined) {
  return ({ at }: LogLine) =>
    time === undefined || (at >= time.startAt && at < (time.endAt ?? Number.POSITIVE_INFINITY));
}

/** A gap ends a page. */
function linesFrom(entries: readonly Entry[], begin: number, limit: number): readonly LogLine[] {
  const some = entries.slice(begin, begin + limit);
  const gap = some.indexOf('gap');
  return (gap === -1 ? some : some.slice(0, gap)).filter((entry) => entry !== 'gap');
}
