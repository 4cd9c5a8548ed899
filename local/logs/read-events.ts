import { closeSync, openSync, readSync } from 'node:fs';
import type { LogFile, LogTimes, Mark } from './log-file.ts';

/** A line as CloudWatch Logs returns it. */
export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** Range of lines to read. */
export interface EventRange {
  /** Byte offset of the first line. */
  readonly from: number;
  readonly limit: number;
}

/**
 * Maximum size of a page in bytes, counting the text of its lines and a fixed overhead for each line.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
const maxPageBytes = 1_048_576;
const eventOverheadBytes = 26;

/**
 * The log driver splits longer lines.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
const maxEventBytes = 262_144 - eventOverheadBytes;

const newlineByte = 10;

/**
 * Returns complete lines from an offset, and the offset of the next line: the same offset if there are no
 * lines. Empty lines are not events. A line without a line end is returned only if its program has ended.
 */
export function readEvents(
  file: LogFile,
  { marks, isEnded }: LogTimes,
  { from, limit }: EventRange,
): { readonly events: readonly LogEvent[]; readonly next: number } {
  const length = marks.at(-1)?.[0] ?? 0;
  const bytes = readBytes(file.text, from, Math.min(length - from, maxPageBytes));
  const reachesEnd = isEnded && from + bytes.length === length;
  const events: LogEvent[] = [];
  let offset = 0;
  let pageBytes = 0;
  while (events.length < limit) {
    const end = eventEnd(bytes, offset, reachesEnd);
    if (end === undefined) break;
    const text = bytes.subarray(offset, bytes[end - 1] === newlineByte ? end - 1 : end);
    pageBytes += text.length + eventOverheadBytes;
    if (pageBytes > maxPageBytes) break;
    offset = end;
    if (text.length > 0) events.push({ timestamp: timeAt(marks, from + end), message: text.toString() });
  }
  return { events, next: from + offset };
}

/**
 * Returns the offset after the line, or after its first part, at an offset; undefined if it is incomplete.
 */
function eventEnd(bytes: Buffer, offset: number, reachesEnd: boolean): number | undefined {
  const lineEnd = bytes.indexOf(newlineByte, offset);
  const maxEnd = offset + maxEventBytes;
  if (lineEnd >= 0 && lineEnd <= maxEnd) return lineEnd + 1;
  if (bytes.length > maxEnd) return characterStart(bytes, maxEnd);
  return reachesEnd && offset < bytes.length ? bytes.length : undefined;
}

/**
 * Returns the last offset up to this one that is not within a UTF-8 character; the offset itself if the text
 * is not UTF-8.
 */
function characterStart(bytes: Buffer, offset: number): number {
  const starts = [offset, offset - 1, offset - 2, offset - 3];
  return starts.find((at) => ((bytes[at] ?? 0) & 0b1100_0000) !== 0b1000_0000) ?? offset;
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
