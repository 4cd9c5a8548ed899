import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseWorkerToken, sameDigest, workerToken } from '../../../../core/access/model/worker-token.ts';
import { digest } from '../../../../core/std/digest.ts';

const secret = Buffer.alloc(32, 255).toString('base64url');
const encoded = (text: string) => Buffer.from(text).toString('base64url');

describe('a worker token', () => {
  test('names its tenant and has the digest that the job stores', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9-]{1,32}$/),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (tenant, bytes) => {
          const token = workerToken(tenant, Buffer.from(bytes).toString('base64url'));
          expect(parseWorkerToken(`Bearer ${token}`)).toEqual({ tenant, digest: digest(token) });
        },
      ),
    );
  });

  test.each([
    undefined,
    '',
    'Bearer',
    `Basic ${workerToken('local', secret)}`,
    workerToken('local', secret),
    `Bearer ek_${encoded('local')}.${secret}`,
    `Bearer EW_${encoded('local')}.${secret}`,
    `Bearer ew_${encoded('local')}`,
    `Bearer ew_.${secret}`,
    `Bearer ew_${encoded('local')}.`,
    `Bearer ew_${encoded('local')}.${secret}.${secret}`,
    `Bearer ew_${encoded('local')}.a b`,
    `Bearer ew_${encoded('Local')}.${secret}`,
    `Bearer ew_${encoded('a#b')}.${secret}`,
    `Bearer ew_${encoded('x'.repeat(33))}.${secret}`,
    `Bearer ew_${encoded('ab').replace(/.$/, 'J')}.${secret}`,
  ])('is not read from %s', (authorization) => {
    expect(parseWorkerToken(authorization)).toBeUndefined();
  });

  test('has one digest, and its comparison does not depend on the length', () => {
    expect(sameDigest(digest('a'), digest('a'))).toBe(true);
    for (const other of [digest('b'), '', digest('a').slice(1), `${digest('a')}x`])
      expect(sameDigest(digest('a'), other)).toBe(false);
  });
});
