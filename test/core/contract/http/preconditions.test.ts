import { describe, expect, test } from 'vitest';
import { evaluatePreconditions, parsePreconditions } from '../../../../core/contract/http/preconditions.ts';

const outcome = (
  { ifMatch, ifNoneMatch }: { readonly ifMatch?: string; readonly ifNoneMatch?: string },
  etag: string | undefined,
) => evaluatePreconditions(parsePreconditions({ ifMatch, ifNoneMatch }), etag);

describe('If-Match', () => {
  test.each(['*', ' * ', '"7"', '"6", "7"', '"6","7"\t,"8"', ',"7",'])(
    '%j matches the tag "7"',
    (ifMatch) => {
      expect(outcome({ ifMatch }, '"7"')).toBe('met');
    },
  );

  test.each(['"6"', 'W/"7"', '"77"', '"6", W/"7"', '""'])('%j does not match the tag "7"', (ifMatch) => {
    expect(outcome({ ifMatch }, '"7"')).toBe('If-Match');
  });

  test.each(['*', '"7"'])('%j does not match a missing resource', (ifMatch) => {
    expect(outcome({ ifMatch }, undefined)).toBe('If-Match');
  });
});

describe('If-None-Match', () => {
  test.each(['*', '"7"', 'W/"7"', '"6", W/"7"'])('%j fails for the tag "7"', (ifNoneMatch) => {
    expect(outcome({ ifNoneMatch }, '"7"')).toBe('If-None-Match');
  });

  test.each(['"6"', 'W/"6", "8"', '"a,7"'])('%j passes for the tag "7"', (ifNoneMatch) => {
    expect(outcome({ ifNoneMatch }, '"7"')).toBe('met');
  });

  test.each(['*', '"7"'])('%j passes for a missing resource', (ifNoneMatch) => {
    expect(outcome({ ifNoneMatch }, undefined)).toBe('met');
  });
});

describe('preconditions', () => {
  test('are met when the request has none', () => {
    expect(outcome({}, '"7"')).toBe('met');
    expect(outcome({}, undefined)).toBe('met');
  });

  test('are evaluated with If-Match first', () => {
    expect(outcome({ ifMatch: '"6"', ifNoneMatch: '"7"' }, '"7"')).toBe('If-Match');
    expect(outcome({ ifMatch: '"7"', ifNoneMatch: '"7"' }, '"7"')).toBe('If-None-Match');
    expect(outcome({ ifMatch: '"7"', ifNoneMatch: '"6"' }, '"7"')).toBe('met');
  });

  test.each(['', ' ', ',', '7', '"7', 'w/"7"', '"7" "8"', '*, "7"', '"7", 8', "'7'", '"a b"'])(
    'with the value %j cannot be read',
    (text) => {
      const refusal = expect.objectContaining({ slug: 'invalid-request' });
      expect(() => outcome({ ifMatch: text }, '"7"')).toThrow(refusal);
      expect(() => outcome({ ifNoneMatch: text }, '"7"')).toThrow(refusal);
    },
  );
});
