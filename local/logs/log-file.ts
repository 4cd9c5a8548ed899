import { appendFileSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRecord } from '../json.ts';
import { followText } from './follow-text.ts';

/** The files of a log stream: its bytes, and the times at which they were written. */
export interface LogFile {
  readonly text: string;
  /**
   * JSON lines. The first is the log group; then lengths of the text, each with the time in epoch
   * milliseconds at which the text had this length; finally `"end"` when nothing more is written.
   */
  readonly times: string;
}

/** A log that a program is writing. */
export interface OpenLog {
  /** Descriptor for the program's outputs; the caller that passes it on closes it. */
  readonly descriptor: number;
  /** Ends the log after the program has ended. */
  end(): void;
}

/** Length of the text at a point in time. */
export type Mark = readonly [lengthBytes: number, atMs: number];

export interface LogTimes {
  readonly group: string;
  /** Marks in the order in which they were recorded; their lengths never decrease. */
  readonly marks: readonly Mark[];
  readonly isEnded: boolean;
}

/** Maximum delay of a line's recorded time. */
const intervalMs = 100;

/**
 * Returns the files of a stream below the folder of all logs; undefined for a name that would lead to another
 * folder. A backslash separates folders too, as it does on Windows.
 */
export function logFileOf(directory: string, stream: string): LogFile | undefined {
  const isOutside = stream.includes('\0') || stream.split(/[\\/]/).some((part) => /^\.{0,2}$/.test(part));
  if (isOutside) return undefined;
  return { text: join(directory, `${stream}.log`), times: join(directory, `${stream}.times`) };
}

/**
 * Creates the files and records the times of a program's output. The program writes directly to the file and
 * not through this process, so that its outputs keep their order and nothing is lost if this process ends. `onLine` receives its lines
 * a moment later.
 */
export function openLog(file: LogFile, group: string, onLine?: (line: string) => void): OpenLog {
  mkdirSync(dirname(file.text), { recursive: true });
  const descriptor = openSync(file.text, 'a');
  appendFileSync(file.times, `${JSON.stringify({ group })}\n`);
  const follower = onLine === undefined ? undefined : followText(file.text, onLine);
  let last: Mark = [0, 0];
  const timer = setInterval(() => {
    last = noteGrowth(file, last);
    follower?.read();
  }, intervalMs).unref();
  return {
    descriptor,
    end: () => {
      clearInterval(timer);
      endLog(file);
      follower?.end();
    },
  };
}

/**
 * Ends the log of a program that has ended. A log that has already ended or does not exist is not changed.
 */
export function endLog(file: LogFile): void {
  const times = readTimes(file);
  if (times === undefined || times.isEnded) return;
  noteGrowth(file, times.marks.at(-1));
  appendFileSync(file.times, '"end"\n');
}

/** Returns the recorded times up to the current length; undefined if the log does not exist. */
export function timesUntilNow(file: LogFile): LogTimes | undefined {
  const times = readTimes(file);
  if (times === undefined || times.isEnded) return times;
  // The mark is stored before it is returned, otherwise another read could return another time for the same
  // line.
  const last = times.marks.at(-1);
  const now = noteGrowth(file, last);
  return now === last ? times : { ...times, marks: [...times.marks, now] };
}

/** Removes a log permanently. */
export function removeLog(file: LogFile): void {
  rmSync(file.text, { force: true });
  rmSync(file.times, { force: true });
}

/** Returns the last mark. If the text has grown, this is a new mark with the file's modification time. */
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

/** Returns undefined for an entry that a crash cut short. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
