import { closeSync, openSync, readSync } from 'node:fs';
import type { LogFile, LogTimes, Mark } from './log-file.ts';

/** A line as CloudWatch Logs has it. */
export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** Which lines to read. */
export interface EventRange {
  /** Byte at which the first line begins. */
  readonly from: number;
  readonly limit: number;
}

/** A page holds so much at most, counting the text of its lines and so many bytes more for each. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
const PAGE_BYTES = 1_048_576;
const EVENT_OVERHEAD_BYTES = 26;

/** The log driver breaks longer lines. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const LONGEST_EVENT_BYTES = 262_144 - EVENT_OVERHEAD_BYTES;

const LINE_END = 10;

/**
 * Whole lines from a place on, and where the next ones begin: the same place when there are none. Empty lines are no events,
 * and a line that has no end yet is none unless its program has ended.
 */
export function readEvents(
  file: LogFile,
  { marks, isEnded }: LogTimes,
  { from, limit }: EventRange,
): { readonly events: readonly LogEvent[]; readonly next: number } {
  const length = marks.at(-1)?.[0] ?? 0;
  const bytes = readBytes(file.text, from, Math.min(length - from, PAGE_BYTES));
  const reachesEnd = isEnded && from + bytes.length === length;
  const events: LogEvent[] = [];
  let place = 0;
  let pageBytes = 0;
  while (events.length < limit) {
    const end = eventEnd(bytes, place, reachesEnd);
    if (end === undefined) break;
    const text = bytes.subarray(place, bytes[end - 1] === LINE_END ? end - 1 : end);
    pageBytes += text.length + EVENT_OVERHEAD_BYTES;
    if (pageBytes > PAGE_BYTES) break;
    place = end;
    if (text.length > 0) events.push({ timestamp: timeAt(marks, from + end), message: text.toString() });
  }
  return { events, next: from + place };
}

/** Behind the line or the part of one that begins at a place; undefined where none is whole. */
function eventEnd(bytes: Buffer, place: number, reachesEnd: boolean): number | undefined {
  const lineEnd = bytes.indexOf(LINE_END, place);
  const longest = place + LONGEST_EVENT_BYTES;
  if (lineEnd >= 0 && lineEnd <= longest) return lineEnd + 1;
  if (bytes.length > longest) return characterStart(bytes, longest);
  return reachesEnd && place < bytes.length ? bytes.length : undefined;
}

/** The last place up to this one that is not within a character of UTF-8; this one for what is no UTF-8. */
function characterStart(bytes: Buffer, place: number): number {
  const starts = [place, place - 1, place - 2, place - 3];
  return starts.find((at) => ((bytes[at] ?? 0) & 0b1100_0000) !== 0b1000_0000) ?? place;
}

function timeAt(marks: readonly Mark[], lengthBytes: number): number {
  let [low, high] = [0, marks.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.[0] ?? 0) < lengthBytes) low = middle + 1;
    else high = middle;
  }
  return marks[low]?.[1] ?? 0;
}

function readBytes(path: string, from: number, count: number): Buffer {
  const bytes = Buffer.alloc(Math.max(count, 0));
  const descriptor = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, from));
  } finally {
    closeSync(descriptor);
  }
}
