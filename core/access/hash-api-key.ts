import { createHash } from 'node:crypto';

/**
 * SHA-256 of a key in hex. A key has enough entropy that a slow hash is not needed, and the duration of a
 * lookup by hash reveals nothing about the key.
 */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
