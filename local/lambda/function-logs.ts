import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Receives a line that a function wrote, without its line end. */
export type LogLine = (functionName: string, line: string) => void;

/** The open log files of functions. */
export interface FunctionLogs {
  readonly write: LogLine;
  close(): void;
}

const defaultMaximumBytes = 10 * 1024 * 1024;

/**
 * Opens logs that append lines to `<directory>/<function>.log`. A file that would exceed `maximumBytes` is
 * renamed to `<function>.log.1` and replaces the previous one, so that a function uses at most twice that
 * size. A file that cannot be renamed grows until it can be.
 */
export function openFunctionLogs(directory: string, maximumBytes = defaultMaximumBytes): FunctionLogs {
  let closed = false;
  const files = new Map<string, { readonly descriptor: number; sizeBytes: number }>();
  const open = (path: string): { readonly descriptor: number; sizeBytes: number } => {
    mkdirSync(directory, { recursive: true });
    const descriptor = openSync(path, 'a');
    const file = { descriptor, sizeBytes: fstatSync(descriptor).size };
    files.set(path, file);
    return file;
  };
  return {
    write: (functionName, line) => {
      // A thread may still send lines after it was ended.
      if (closed) return;
      const path = join(directory, `${functionName}.log`);
      const bytes = Buffer.from(`${line}\n`);
      let file = files.get(path) ?? open(path);
      if (file.sizeBytes > 0 && file.sizeBytes + bytes.length > maximumBytes) {
        closeSync(file.descriptor);
        rotate(path);
        file = open(path);
      }
      writeSync(file.descriptor, bytes);
      file.sizeBytes += bytes.length;
    },
    close: () => {
      closed = true;
      for (const file of files.values()) closeSync(file.descriptor);
      files.clear();
    },
  };
}

/** On Windows, a file cannot be renamed while another program has it open, such as a viewer. */
function rotate(path: string): void {
  try {
    renameSync(path, `${path}.1`);
  } catch {
    // The next line tries again.
  }
}
