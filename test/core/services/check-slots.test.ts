import { describe, expect, test } from 'vitest';
import { parseWire } from '../../../core/contract/http/parse-wire.ts';
import { serviceDefinition } from '../../../core/contract/schemas/service-schemas.ts';
import { checkDefinition } from '../../../core/services/check-definition.ts';
import { aService } from '../../support/jobs/test-deps.ts';

const slots = {
  table: { mediaTypes: ['text/csv', 'image/*'] },
  'extra-1': { required: false, collection: true },
};

const definitionWith = (change: object) => ({ ...aService().definition, ...change });

/** The pointers of the violations with which a definition is refused. */
async function refusal(change: object): Promise<readonly string[]> {
  return checkDefinition(parseWire(serviceDefinition, definitionWith(change))).then(
    () => [],
    (error) => error.extension.errors.map(({ pointer }: { pointer: string }) => pointer),
  );
}

describe('the slots of a definition', () => {
  test('are accepted for a function that receives an envelope, and for a container', async () => {
    expect(await refusal({ inputs: slots, outputs: slots })).toEqual([]);
    const dispatcher = { kind: 'batch', jobDefinition: 'errand-job-profile' };
    expect(await refusal({ inputs: slots, outputs: slots, dispatcher })).toEqual([]);
  });

  test('are refused for a function that receives only its parameters', async () => {
    const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo', payload: 'parameters' };
    expect(await refusal({ inputs: slots, dispatcher })).toEqual(['/inputs']);
    expect(await refusal({ inputs: slots, outputs: {}, dispatcher })).toEqual(['/inputs', '/outputs']);
  });

  test('have at most 32,768 bytes', async () => {
    const described = { description: 'x'.repeat(4096) };
    const large = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`slot-${index}`, described]));
    expect(await refusal({ outputs: large })).toEqual(['/outputs']);
  });

  test.each([
    { '1st': {} },
    { 'a/b': {} },
    { table: { mediaTypes: ['text/csv; charset=utf-8'] } },
    { table: { mediaTypes: [] } },
    { table: { optional: true } },
    Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`slot-${index}`, {}])),
  ])('with an invalid name, member or media type are refused: %j', (inputs) => {
    expect(() => parseWire(serviceDefinition, definitionWith({ inputs }))).toThrow(
      expect.objectContaining({ slug: 'invalid-request' }),
    );
  });
});
