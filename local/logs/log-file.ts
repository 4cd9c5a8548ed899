import { appendFileSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRecord } from '../assembly/json.ts';

/** The files of one log stream: what was written, byte by byte, and beside it when. */
export interface LogFile {
  readonly text: string;
  /**
   * JSON, an entry a line: first the log group, then lengths of the text, each with the time in milliseconds at which the
   * text had it, and `"end"` once nothing more is written.
   */
  readonly times: string;
}

/** A log that a program writes. */
export interface OpenLog {
  /** For the program's outputs; whoever gives it on closes it. */
  readonly descriptor: number;
  /** Ends the log once the program has ended. */
  end(): void;
}

/** The text had this length at that time. */
export type Mark = readonly [lengthBytes: number, atMs: number];

export interface LogTimes {
  readonly group: string;
  /** In the order in which they were noted, so lengths do not fall. */
  readonly marks: readonly Mark[];
  readonly isEnded: boolean;
}

/** How late the time of a line may be. */
const INTERVAL_MS = 100;

/** The files of a stream below the folder of all logs; undefined for a name that would lead elsewhere. */
export function logFileOf(directory: string, stream: string): LogFile | undefined {
  const leadsAstray = stream.includes('\0') || stream.split('/').some((part) => /^\.{0,2}$/.test(part));
  if (leadsAstray) return undefined;
  return { text: join(directory, `${stream}.log`), times: join(directory, `${stream}.times`) };
}

/**
 * Makes the files, and notes the times of what a program writes. It writes to the file itself and not through this process,
 * so that its outputs keep their order and nothing is lost with us.
 */
export function openLog(file: LogFile, group: string): OpenLog {
  mkdirSync(dirname(file.text), { recursive: true });
  const descriptor = openSync(file.text, 'a');
  appendFileSync(file.times, `${JSON.stringify({ group })}\n`);
  let last: Mark = [0, 0];
  const timer = setInterval(() => {
    last = noteGrowth(file, last);
  }, INTERVAL_MS).unref();
  return {
    descriptor,
    end: () => {
      clearInterval(timer);
      endLog(file);
    },
  };
}

/** Ends a log whose program has ended; one that has ended, or is not there, stays as it is. */
export function endLog(file: LogFile): void {
  const times = readTimes(file);
  if (times === undefined || times.isEnded) return;
  noteGrowth(file, times.marks.at(-1));
  appendFileSync(file.times, '"end"\n');
}

/** What is known of the times, up to what is written now; undefined when there is no such log. */
export function timesUntilNow(file: LogFile): LogTimes | undefined {
  const times = readTimes(file);
  if (times === undefined || times.isEnded) return times;
  // Noted before it is told: otherwise another look could tell another time of the same line.
  const last = times.marks.at(-1);
  const now = noteGrowth(file, last);
  return now === last ? times : { ...times, marks: [...times.marks, now] };
}

/** Removes a log for good. */
export function removeLog(file: LogFile): void {
  rmSync(file.text, { force: true });
  rmSync(file.times, { force: true });
}

/** The last mark, which is a new one if the text is longer: what was written last was so at the file's own time. */
function noteGrowth({ text, times }: LogFile, last: Mark = [0, 0]): Mark {
  const stat = statSync(text, { throwIfNoEntry: false });
  if (stat === undefined || stat.size <= last[0]) return last;
  const mark: Mark = [stat.size, Math.max(last[1], Math.floor(stat.mtimeMs))];
  appendFileSync(times, `${JSON.stringify(mark)}\n`);
  return mark;
}

function readTimes({ text, times }: LogFile): LogTimes | undefined {
  if (!existsSync(text) || !existsSync(times)) return undefined;
  const entries = readFileSync(times, 'utf8').split('\n').map(parse);
  const first = entries.find(isRecord);
  if (first === undefined) return undefined;
  return {
    group: String(first['group']),
    // Safe cast: only this file writes them.
    marks: entries.filter((entry) => Array.isArray(entry)) as readonly unknown[] as readonly Mark[],
    isEnded: entries.includes('end'),
  };
}

/** A crash may have cut an entry short; undefined then. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
