import { closeSync } from 'node:fs';
import { type LogFile, openLog } from '../../logs/log-file.ts';
import type { BoundProcess } from '../../processes/bound-process.ts';
import { spawnBound } from '../../processes/spawn-bound.ts';

/** The program to run and its surroundings. */
export interface ProcessOptions {
  /** Program and arguments; at least the program. */
  readonly command: readonly string[];
  readonly directory: string;
  /** The complete environment of the program; nothing is inherited from this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Log file for standard output and standard error. */
  readonly logFile: LogFile;
  readonly logGroup: string;
  /** Receives each line that the program writes. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/**
 * Starts the program of a container. Processes that it leaves are killed when it ends, as in a container
 * (except on Windows). Throws for arguments that no process can have; the log is then ended.
 */
export function startAttemptProcess({ logFile, logGroup, onLine, ...options }: ProcessOptions): BoundProcess {
  const log = openLog(logFile, logGroup, onLine);
  try {
    const started = spawnBound({ ...options, output: log.descriptor, graceMs: 0 });
    const ended = started.ended.then((end) => {
      log.end();
      return end;
    });
    return { ...started, ended };
  } catch (error) {
    log.end();
    throw error;
  } finally {
    closeSync(log.descriptor);
  }
}
