import { randomBytes } from 'node:crypto';
import { V7Generator } from 'uuidv7';
import type { Random } from '../../core/ports/random.ts';

/**
 * Creates IDs, secrets and random numbers. IDs that one process creates for the same millisecond are
 * ascending. After the clock was set back, IDs contain the earlier time: the time in an ID is always the
 * given one.
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
