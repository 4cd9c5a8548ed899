import { Logger } from '@aws-lambda-powertools/logger';
import type { Log, LogFields } from '../../core/ports/log.ts';

/**
 * Writes structured log lines to standard output; service name and level are set by the variables of
 * Powertools.
 */
export function createLog(): Log {
  const logger = new Logger();
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, ...splitError(fields)),
  };
}

/**
 * Powertools formats an error with its stack and cause only when it is the member `error` of an extra input.
 */
function splitError({ error, ...fields }: LogFields & { error?: unknown }): [Record<string, unknown>] {
  return [error instanceof Error ? { ...fields, error } : fields];
}
