import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { stackNames, synthesizeIn } from './support/synthesize-in.ts';
import { synthesizedApp } from './support/synthesized-app.ts';

/** The templates of all stacks, bound to a region. */
async function templatesIn(region: string): Promise<readonly string[]> {
  const { directory, remove } = await synthesizeIn(region);
  try {
    return stackNames.map((stack) => readFileSync(join(directory, `${stack}.template.json`), 'utf8'));
  } finally {
    await remove();
  }
}

const found = (templates: readonly string[], pattern: RegExp) =>
  templates.flatMap((template) => [...template.matchAll(pattern)].map(([text]) => text));

test('no stack names a partition when it is bound to no region', async () => {
  const templates = Object.values(await synthesizedApp()).map((template) =>
    JSON.stringify(template.toJSON()),
  );
  expect(templates).toHaveLength(stackNames.length);
  expect(found(templates, /arn:aws[\w-]*:[^"]*/g)).toEqual([]);
});

describe.each([
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['eu-central-1', 'aws'],
])('a deployment in %s', (region, partition) => {
  let templates: readonly string[];
  beforeAll(async () => {
    templates = await templatesIn(region);
  });

  test(`names resources in the partition ${partition} only`, () => {
    const partitions = new Set(found(templates, /(?<=arn:)aws[\w-]*(?=:)/g));
    expect([...partitions]).toEqual([partition]);
  });

  test('names no host of another partition: only the names of services end like one', () => {
    const names = new Set(found(templates, /[^"\s/]*amazonaws\.com[^"\s/]*/g));
    expect([...names].filter((name) => !/^[a-z-]+\.amazonaws\.com(?:\.cn)?$/.test(name))).toEqual([]);
  });
});
