import { randomBytes } from 'node:crypto';
import { V7Generator } from 'uuidv7';
import type { Random } from '../../core/ports/clock.ts';

/**
 * Ids, secrets and chance from this machine. Ids that one process makes for the same millisecond ascend; a clock
 * that was set back gives ids of the earlier time, so that the time in an id is always the one asked for.
 */
export function systemRandom(): Random {
  const generator = new V7Generator();
  generator.setRollbackAllowance(0);
  return {
    jobId: (now) => generator.generateOrResetWithTs(now).toString(),
    secret: () => randomBytes(32).toString('base64url'),
    fraction: () => Math.random(),
  };
}
