import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** A line of a function as CloudWatch Logs stores it. */
export interface FunctionEvent {
  readonly stream: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly message: string;
}

/** Adds lines to the log groups of functions. */
export interface FunctionEventWriter {
  append(group: string, events: readonly FunctionEvent[]): void;
  close(): void;
}

/** A line and the position after it. */
export interface StoredEvent extends FunctionEvent {
  readonly next: number;
}

/** A part of a log group: its lines, and the position after them. */
export interface EventScan {
  readonly events: readonly StoredEvent[];
  readonly next: number;
  readonly isEnd: boolean;
}

/** Bytes of a file, and the number of files of a log group: the oldest file is deleted when another would be needed. */
export interface EventBounds {
  readonly maxFileBytes: number;
  readonly maxFiles: number;
}

const defaultBounds: EventBounds = { maxFileBytes: 2 * 1024 * 1024, maxFiles: 5 };

/** A position is the number of the file times this, plus the offset in the file. */
const positionsPerFile = 2 ** 26;

const newlineByte = 10;

/** The log driver of Lambda truncates longer lines (https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html). */
const maxMessageCharacters = 262_144;

/** How many bytes a scan reads at most, so that it does not delay other work of the process; more than any line has. */
const maxScanBytes = 2 * 1024 * 1024;

/**
 * Opens the log groups below a folder for writing. All streams of a group share files of JSON lines,
 * `<folder>/<encoded group>/<number>.jsonl`, so that a group uses a bounded amount of space.
 */
export function openFunctionEvents(
  directory: string,
  bounds: EventBounds = defaultBounds,
): FunctionEventWriter {
  const files = new Map<string, { descriptor: number; number: number; sizeBytes: number }>();
  let isClosed = false;
  const open = (group: string, number: number) => {
    const descriptor = openSync(fileOf(directory, group, number), 'a');
    const file = { descriptor, number, sizeBytes: fstatSync(descriptor).size };
    files.set(group, file);
    // A crash may have cut the last line short.
    if (file.sizeBytes > 0) file.sizeBytes += writeSync(descriptor, '\n');
    return file;
  };
  const openLast = (group: string) => {
    mkdirSync(folderOf(directory, group), { recursive: true });
    return open(group, numbersOf(directory, group).at(-1) ?? 1);
  };
  return {
    append: (group, events) => {
      // A thread may still send lines after it was ended.
      if (isClosed) return;
      const text = events.map(({ at, stream, message }) =>
        JSON.stringify([at, stream, message.slice(0, maxMessageCharacters)]),
      );
      const bytes = Buffer.from(`${text.join('\n')}\n`);
      let file = files.get(group) ?? openLast(group);
      if (file.sizeBytes > 0 && file.sizeBytes + bytes.length > bounds.maxFileBytes) {
        closeSync(file.descriptor);
        const number = file.number + 1;
        rmSync(fileOf(directory, group, number - bounds.maxFiles), { force: true });
        file = open(group, number);
      }
      writeSync(file.descriptor, bytes);
      file.sizeBytes += bytes.length;
    },
    close: () => {
      isClosed = true;
      for (const { descriptor } of files.values()) closeSync(descriptor);
      files.clear();
    },
  };
}

/** Whether a function has ever written to a log group below the folder. */
export function hasGroup(directory: string, group: string): boolean {
  return existsSync(folderOf(directory, group));
}

/**
 * Returns the lines of a part of a log group, oldest first, from a position that an earlier scan returned, or from the start. A
 * position whose file was deleted continues with the oldest line that is left. Files without a line since `startAt` are skipped.
 */
export function scanFunctionEvents(
  directory: string,
  group: string,
  { from = 0, startAt = 0 }: { readonly from?: number; readonly startAt?: number } = {},
): EventScan {
  const numbers = numbersOf(directory, group);
  const wanted = Math.floor(from / positionsPerFile);
  const isRecent = (number: number) => statSync(fileOf(directory, group, number)).mtimeMs >= startAt;
  const number = numbers.find((it) => it >= wanted && (it === numbers.at(-1) || isRecent(it)));
  if (number === undefined) return { events: [], next: from, isEnd: true };
  const offset = number === wanted ? from % positionsPerFile : 0;
  const { bytes, isRest } = readPart(fileOf(directory, group, number), offset);
  const end = bytes.lastIndexOf(newlineByte) + 1;
  const start = number * positionsPerFile + offset;
  const events = parseEvents(bytes.subarray(0, end), start);
  const isLastFile = number === numbers.at(-1);
  const next = isRest && !isLastFile ? (number + 1) * positionsPerFile : start + end;
  return { events, next, isEnd: isRest && isLastFile };
}

function parseEvents(bytes: Buffer, start: number): readonly StoredEvent[] {
  const events: StoredEvent[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const end = bytes.indexOf(newlineByte, offset) + 1;
    const event = parseEvent(bytes.toString('utf8', offset, end));
    if (event !== undefined) events.push({ ...event, next: start + end });
    offset = end;
  }
  return events;
}

/** Returns undefined for a line that a crash cut short. */
function parseEvent(line: string): FunctionEvent | undefined {
  try {
    const [at, stream, message] = JSON.parse(line) as [number, string, string]; // only this file writes them
    return { at, stream, message };
  } catch {
    return undefined;
  }
}

/** Reads a part of a file, and whether it is all the rest. */
function readPart(path: string, offset: number): { readonly bytes: Buffer; readonly isRest: boolean } {
  const descriptor = openSync(path, 'r');
  try {
    const restBytes = Math.max(fstatSync(descriptor).size - offset, 0);
    const bytes = Buffer.alloc(Math.min(restBytes, maxScanBytes));
    const count = readSync(descriptor, bytes, 0, bytes.length, offset);
    return { bytes: bytes.subarray(0, count), isRest: count === restBytes };
  } finally {
    closeSync(descriptor);
  }
}

function numbersOf(directory: string, group: string): readonly number[] {
  const folder = folderOf(directory, group);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => Number(/^(\d+)\.jsonl$/.exec(name)?.[1] ?? Number.NaN))
    .filter((number) => !Number.isNaN(number))
    .toSorted((left, right) => left - right);
}

function folderOf(directory: string, group: string): string {
  return join(directory, encodeURIComponent(group));
}

function fileOf(directory: string, group: string, number: number): string {
  return join(folderOf(directory, group), `${number}.jsonl`);
}
