import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../../core/contract/json.ts';
import { checkDraft } from '../../../../core/jobs/submission/check-draft.ts';
import { aService } from '../../../support/jobs/test-deps.ts';

const sized = aService({
  parameters: {
    type: 'object',
    properties: { size: { type: 'integer' }, unit: { type: 'string', default: 'm' } },
    required: ['size'],
  },
});

describe('checkDraft', () => {
  test('reports nothing missing where a submission would be accepted, and fills in the defaults', () => {
    expect(checkDraft(sized, { size: 1 })).toEqual({
      parameters: { parameters: '{"size":1,"unit":"m"}', request: '{"size":1}' },
      missing: [],
    });
  });

  test('reports the errors that a submission would be refused for, and still stores the parameters', () => {
    const { parameters, missing } = checkDraft(sized, { unit: 7 });
    expect(missing).toMatchObject([
      { pointer: '/parameters/size', keyword: 'required' },
      { pointer: '/parameters/unit', keyword: 'type' },
    ]);
    expect(parameters).toEqual({ parameters: '{"unit":7}' });
  });

  test('reports a missing service, and does not check the parameters', () => {
    expect(checkDraft(undefined, { any: 'thing' })).toEqual({
      parameters: { parameters: '{"any":"thing"}' },
      missing: [{ pointer: '/service', detail: 'is required', keyword: 'required' }],
    });
  });

  test('reports that bare parameters are too large', () => {
    const dispatcher = {
      kind: 'lambda',
      functionName: 'errand-service-echo',
      payload: 'parameters',
    } as const;
    const { missing } = checkDraft(aService({ dispatcher }), { text: 'x'.repeat(204_800) });
    expect(missing).toMatchObject([{ pointer: '/parameters', keyword: 'maxLength' }]);
  });

  test.each([
    ['a number beyond a double', JSON.parse('{"a":1e999}') as JsonValue, '/parameters/a'],
    ['half of a surrogate pair in a name', { '\ud800': 1 }, '/parameters/\ud800'],
    ['more than 1 MiB', { text: 'x'.repeat(1_048_576) }, '/parameters'],
  ])('refuses %s, with a service and without', (_, submitted, pointer) => {
    for (const service of [undefined, sized]) {
      expect(() => checkDraft(service, submitted)).toThrow(
        expect.objectContaining({
          slug: 'invalid-parameters',
          extension: { errors: [expect.objectContaining({ pointer })] },
        }),
      );
    }
  });

  test('reports only the first of very many errors, but always at least one', () => {
    const strings = aService({ parameters: { type: 'array', items: { type: 'string' } } });
    const { missing } = checkDraft(
      strings,
      Array.from({ length: 5000 }, (_, index) => index),
    );
    expect(missing.length).toBeGreaterThan(10);
    expect(missing.length).toBeLessThanOrEqual(100);
    expect(JSON.stringify(missing).length).toBeLessThan(10_000);
    const long = aService({ parameters: { type: 'object', required: ['\u0001'.repeat(4000)] } });
    expect(checkDraft(long, {}).missing).toHaveLength(1);
  });
});
