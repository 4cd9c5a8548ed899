import { expect, test } from 'vitest';
import type { CallRecord } from '../../local/gateway/call-record.ts';
import { consumedUnits } from './consumed-units.ts';

const call: CallRecord = {
  service: 'dynamodb',
  action: 'PutItem',
  principal: { kind: 'operator' },
  status: 200,
  requestBytes: 1,
  responseBytes: 1,
  durationMs: 1,
};

test('a write returns write units', () => {
  const consumedCapacity = { CapacityUnits: 4, Table: { CapacityUnits: 1 } };
  expect(consumedUnits({ ...call, consumedCapacity })).toEqual({ read: 0, write: 4 });
});

test('a read of several tables returns the read units of all', () => {
  const consumedCapacity = [{ CapacityUnits: 1 }, { CapacityUnits: 0.5 }];
  expect(consumedUnits({ ...call, action: 'BatchGetItem', consumedCapacity })).toEqual({
    read: 1.5,
    write: 0,
  });
});

test('a call whose response lacks the consumed capacity is refused', () => {
  expect(() => consumedUnits({ ...call, status: 400 })).toThrow(
    'The response of PutItem (400) does not contain the consumed capacity',
  );
});

test('other services consume no units', () => {
  expect(consumedUnits({ ...call, service: 'states' })).toEqual({ read: 0, write: 0 });
});
