import { Logger } from '@aws-lambda-powertools/logger';
import type { Log, LogFields } from '../../core/ports/log.ts';

/** Structured lines on standard output; the service's name and level come from Powertools' own variables. */
export function createLog(): Log {
  const logger = new Logger();
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, ...splitError(fields)),
  };
}

/** Powertools formats an error with its stack and cause when it gets it as a member of its own. */
function splitError({ error, ...fields }: LogFields & { error?: unknown }): [Record<string, unknown>] {
  return [error instanceof Error ? { ...fields, error } : fields];
}
