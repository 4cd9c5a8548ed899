import { describe, expect, test } from 'vitest';
import { newOperation } from '../../../core/contract/schemas/operation-schemas.ts';
import { groupName } from '../../../core/contract/tags.ts';

describe('the service in the changes of a rerun of many jobs', () => {
  const parse = (service: unknown) =>
    newOperation.safeParse({ action: 'rerun', filter: { tag: 'red' }, changes: { service } });

  test.each([
    'echo',
    'echo@^1.2',
    'urn:errand:service:echo:1.0.0',
    { name: 'echo' },
    { name: 'echo', version: '~1.2.3' },
  ])('can be %j', (service) => expect(parse(service).success).toBe(true));

  test.each(['echo@×', { name: 'echo', version: '×' }])('cannot be %j, which names no service', (service) => {
    expect(parse(service).error?.issues).toMatchObject([{ path: ['changes', 'service'] }]);
  });
});

test('the name of a group is any text of 1 to 128 characters, except for the two that URLs lose', () => {
  const isName = (text: string) => groupName.safeParse(text).success;
  for (const text of ['a', '...', '.a', '..a', '\n', 'ü', 'x'.repeat(128)])
    expect([text, isName(text)]).toEqual([text, true]);
  for (const text of ['', '.', '..', 'x'.repeat(129)]) expect([text, isName(text)]).toEqual([text, false]);
});
