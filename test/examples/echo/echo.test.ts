import { describe, expect, test } from 'vitest';
import { handler } from '../../../examples/echo/handler.ts';
import { readManifest, schemaErrors } from '../../support/manifest-schema.ts';
import { invoke } from '../invoke.ts';

describe('echo', () => {
  test.each([
    { parameters: {} },
    { parameters: { message: 'hello', deep: [{ a: null }], sleepSeconds: 0 } },
    { parameters: { text: '\u0000😀"\\' } },
  ])('returns $parameters unchanged', async ({ parameters }) => {
    expect(await invoke(handler, parameters)).toEqual(parameters);
  });

  test('waits for the requested time', async () => {
    const parameters = { sleepSeconds: 0.2 };
    const start = performance.now();
    expect(await invoke(handler, parameters)).toEqual(parameters);
    // A timer may fire up to a millisecond early.
    expect(performance.now() - start).toBeGreaterThanOrEqual(199);
  });

  test('accepts any parameters, and sleepSeconds from 0 to 200', () => {
    const { parameters } = readManifest('echo');
    for (const valid of [{}, { a: 1 }, { sleepSeconds: 0 }, { sleepSeconds: 0.5 }, { sleepSeconds: 150 }]) {
      expect(schemaErrors(parameters, valid)).toEqual([]);
    }
    for (const invalid of [
      [],
      null,
      { sleepSeconds: -0.1 },
      { sleepSeconds: 150.1 },
      { sleepSeconds: '1' },
    ]) {
      expect(schemaErrors(parameters, invalid)).not.toEqual([]);
    }
  });
});
