import { describe, expect, test } from 'vitest';
import { authorizeCaller } from '../../../core/access/authorize-caller.ts';
import { createApiKey } from '../../../core/access/create-api-key.ts';
import { effectiveScopes } from '../../../core/access/effective-scopes.ts';
import { getMe } from '../../../core/access/get-me.ts';
import { hashApiKey } from '../../../core/access/hash-api-key.ts';
import { tenantName } from '../../../core/access/model/tenant-name.ts';
import { parseCredentials, type RequestHeaders } from '../../../core/access/parse-credentials.ts';
import { storeApiKey } from '../../../core/access/store-api-key.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { scopes } from '../../../core/contract/routes/route.ts';
import { memoryKeyStore } from '../../support/memory/memory-key-store.ts';

const clock = { now: () => 17, sleep: async () => undefined };
const random = { jobId: () => '', secret: () => 'A-_'.repeat(14), fraction: () => 0 };
const holder = { tenant: 'acme', principal: 'ci', scopes: ['jobs:read'] } as const;
const key = 'ek_0123456789abcdef';

describe('the credentials of a request', () => {
  test.each<[string, RequestHeaders]>([
    ['Authorization', { Authorization: `Bearer ${key}` }],
    ['authorization in any case, with spaces', { aUTHORIZATION: ` bearer   ${key} ` }],
    ['x-api-key', { 'X-Api-Key': key }],
    ['Api-Key', { 'api-key': ` ${key} ` }],
    [
      'the first header that is there',
      { 'Api-Key': 'x'.repeat(20), 'x-api-key': key, Authorization: undefined },
    ],
    ['Authorization before the others', { 'x-api-key': 'x'.repeat(20), authorization: `Bearer ${key}` }],
  ])('are found in %s', (_title, headers) => {
    expect(parseCredentials(headers)).toBe(key);
  });

  test.each<[string, RequestHeaders]>([
    ['without headers', {}],
    ['with another scheme', { authorization: `Basic ${key}`, 'x-api-key': key }],
    ['with an empty header', { 'x-api-key': '', 'api-key': key }],
    ['with two keys in one header', { authorization: `Bearer ${key} ${key}` }],
    ['with a short key', { 'x-api-key': 'x'.repeat(15) }],
    ['with a key that is too long', { 'x-api-key': 'x'.repeat(257) }],
    ['with a control character', { 'x-api-key': `${key}\u0000` }],
    ['with other letters', { 'x-api-key': `${key}é` }],
  ])('are absent %s', (_title, headers) => {
    expect(parseCredentials(headers)).toBeUndefined();
  });
});

describe('an API key', () => {
  test('is stored by the SHA-256 of its text', () => {
    expect(hashApiKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test('is random, shown once, and identifies its holder', async () => {
    const keys = memoryKeyStore();
    const created = await createApiKey({ keys, clock, random }, holder);
    expect(created).toEqual({ ...holder, createdAt: 17, key: `ek_${'A-_'.repeat(14)}` });
    const caller = await authorizeCaller({ keys }, { 'x-api-key': created.key });
    expect(caller).toEqual({ ...holder, scopes: ['events:read', 'jobs:read'], createdAt: 17 });
  });

  test('with a given text identifies its holder, and the newest holder when it is stored again', async () => {
    const keys = memoryKeyStore();
    await storeApiKey({ keys, clock }, { ...holder, key });
    await storeApiKey({ keys, clock }, { ...holder, principal: 'local', key });
    expect(await authorizeCaller({ keys }, { authorization: `Bearer ${key}` })).toMatchObject({
      principal: 'local',
    });
  });

  test('that was never stored identifies no caller', async () => {
    const keys = memoryKeyStore();
    await storeApiKey({ keys, clock }, { ...holder, key });
    expect(await authorizeCaller({ keys }, { 'x-api-key': `${key}0` })).toBeUndefined();
    expect(await authorizeCaller({ keys }, {})).toBeUndefined();
  });

  test.each(['x'.repeat(15), `${'x'.repeat(16)} `, 'é'.repeat(16), ''])(
    'is refused with the text %j',
    async (text) => {
      const stored = storeApiKey({ keys: memoryKeyStore(), clock }, { ...holder, key: text });
      await expect(stored).rejects.toThrow(ProblemError);
      await expect(stored).rejects.not.toThrow(text === '' ? 'never' : text);
    },
  );

  test('is not stored for an invalid tenant name', async () => {
    const stored = storeApiKey({ keys: memoryKeyStore(), clock }, { ...holder, tenant: 'Acme', key });
    await expect(stored).rejects.toMatchObject({ slug: 'invalid-request' });
  });
});

describe('the scopes of a key', () => {
  test('include those that another scope includes, once, in alphabetical order', () => {
    expect(effectiveScopes(['services:read', 'jobs:read', 'events:read'])).toEqual([
      'events:read',
      'jobs:read',
      'services:read',
    ]);
  });

  test.each(scopes.filter((scope) => scope !== 'jobs:read'))('include nothing beside %s', (scope) => {
    expect(effectiveScopes([scope])).toEqual([scope]);
  });

  test('may be none', () => {
    expect(effectiveScopes([])).toEqual([]);
  });
});

test('a caller gets to know who it is, and the limits of its tenant', async () => {
  const caller = { ...holder, createdAt: 17 };
  expect(await getMe({ settings: { maxHeldCalls: 50 } }, caller)).toEqual({
    ...caller,
    limits: { longPolls: 50 },
  });
});

describe('the name of a tenant', () => {
  test.each(['a', 'acme-2', '0', 'x'.repeat(32)])('can be %s', (name) => {
    expect(tenantName.safeParse(name).success).toBe(true);
  });

  test.each(['', 'Acme', 'a_b', 'a/b', 'a#b', 'x'.repeat(33), 'a\n'])('cannot be %j', (name) => {
    expect(tenantName.safeParse(name).success).toBe(false);
  });
});
