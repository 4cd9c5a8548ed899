import { expect, test } from 'vitest';
import { textOf } from '../support/intrinsics.ts';
import { resourcesOf, synthesizedApp } from '../support/synthesized-app.ts';

test('all functions that write events have the same address of the API, the source of each event', async () => {
  const { errand } = await synthesizedApp();
  const [stage] = resourcesOf(errand, 'AWS::ApiGateway::Stage');
  const addresses = resourcesOf(errand, 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
    const { API_URL: address } = Object(Properties['Environment']).Variables ?? {};
    if (address === undefined) return [];
    // The stage exists only after the functions that the API invokes, so the address of one of them has its name.
    const text = textOf(address).replace(`<${stage?.[0]}>`, String(stage?.[1].Properties['StageName']));
    return [[String(Properties['FunctionName']), text] as const];
  });
  expect(new Set(addresses.map(([, address]) => address)).size).toBe(1);
  expect(addresses[0]?.[1]).toMatch(
    /^https:\/\/<\w+>\.execute-api\.<AWS::Region>\.<AWS::URLSuffix>\/live\/$/,
  );
  const writers = ['deliver-webhook', 'live', 'operate', 'publish-events', 'worker'];
  expect(addresses.map(([name]) => name).toSorted()).toEqual(writers.map((name) => `errand-${name}`));
});
