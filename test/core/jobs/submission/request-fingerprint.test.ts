import { describe, expect, test } from 'vitest';
import { requestFingerprint } from '../../../../core/jobs/submission/request-fingerprint.ts';

const of = (json: string) => requestFingerprint('submitJob', JSON.parse(json));

describe('requestFingerprint', () => {
  test('is the same for bodies that are the same JSON', () => {
    expect(of('{"a":[1,{"x":1e2,"y":"é"}],"b":null}')).toBe(
      of(' { "b":null,\n"a":[1.0,{"y":"\\u00e9","x":100}]}'),
    );
  });

  test.each([
    ['{"a":1}', '{"a":"1"}'],
    ['{"a":1}', '{"a":1,"b":null}'],
    ['{"a":[1,2]}', '{"a":[2,1]}'],
    ['{"a":{"b":1}}', '{"a":{},"b":1}'],
    ['{"a":1}', '{"__proto__":{"a":1}}'],
    ['{}', '[]'],
    ['{"a":0}', '{"a":false}'],
  ])('distinguishes %s from %s', (one, other) => {
    expect(of(one)).not.toBe(of(other));
  });

  test('differs for another operation', () => {
    expect(requestFingerprint('registerService', {})).not.toBe(requestFingerprint('submitJob', {}));
  });
});
