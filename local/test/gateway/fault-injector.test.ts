import { expect, test } from 'vitest';
import type { AwsRequest } from '../../cloud.ts';
import { faultInjector } from '../../gateway/fault-injector.ts';

const testRequest: AwsRequest = {
  method: 'POST',
  url: '/',
  headers: {},
  body: Buffer.alloc(0),
  principal: { kind: 'operator' },
};
const call = { service: 'dynamodb', action: 'GetItem' };

function hits(seed: number): readonly boolean[] {
  const faults = faultInjector(seed);
  faults.add({ service: 'dynamodb', kind: 'error', share: 0.3 });
  return Array.from({ length: 1000 }, () => faults.take(testRequest, call) !== undefined);
}

test('the affected calls are drawn from the seed', () => {
  const share = hits(7).filter(Boolean).length / 1000;
  expect(share).toBeGreaterThan(0.25);
  expect(share).toBeLessThan(0.35);
  expect(hits(7)).toEqual(hits(7));
  expect(hits(7)).not.toEqual(hits(8));
});

test('a fault ends after its number of times', () => {
  const faults = faultInjector();
  faults.add({ service: 'dynamodb', action: 'GetItem', times: 2, kind: 'throttle' });
  const kinds = [1, 2, 3].map(() => faults.take(testRequest, call)?.kind);
  expect(kinds).toEqual(['throttle', 'throttle', undefined]);
});

test('a fault does not affect other services and operations', () => {
  const faults = faultInjector();
  faults.add({ service: 's3', kind: 'throttle' });
  faults.add({ service: 'dynamodb', action: 'PutItem', kind: 'throttle' });
  expect(faults.take(testRequest, call)).toBeUndefined();
});
