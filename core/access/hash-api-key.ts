import { createHash } from 'node:crypto';

/**
 * SHA-256 of a key as hex text. A key holds too much chance to be guessed, so no slow hash is needed, and looking it
 * up by its hash tells nothing by the time it takes.
 */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
