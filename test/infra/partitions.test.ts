import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { beforeAll, describe, expect, it } from 'vitest';
import cdkSettings from '../../cdk.json' with { type: 'json' };
import { ErrandBatchStack } from '../../infra/errand-batch-stack.ts';
import { ErrandStack } from '../../infra/errand-stack.ts';
import { ExamplesStack } from '../../infra/examples-stack.ts';
import { synthesizedApp, temporaryCode } from './support/synthesized-app.ts';

const stacks = ['Errand', 'ErrandBatch', 'ErrandExamples'];

/** The templates of all stacks, bound to a region. */
async function templatesIn(region: string, partition: string): Promise<readonly string[]> {
  const { code, images, outputDirectory, remove } = await temporaryCode();
  try {
    const app = new App({ outdir: outputDirectory, context: cdkSettings.context });
    const env = { region, account: '111122223333' };
    // Function URLs are not in every region, and the CDK knows where they are.
    new ErrandStack(app, 'Errand', { code, env, workerFunctionUrl: partition === 'aws' });
    new ErrandBatchStack(app, 'ErrandBatch', { env });
    new ExamplesStack(app, 'ErrandExamples', { code, images, env });
    app.synth();
    return stacks.map((stack) => readFileSync(join(outputDirectory, `${stack}.template.json`), 'utf8'));
  } finally {
    await remove();
  }
}

const found = (templates: readonly string[], pattern: RegExp) =>
  templates.flatMap((template) => [...template.matchAll(pattern)].map(([text]) => text));

it('no stack names a partition when it is bound to no region', () => {
  const templates = Object.values(synthesizedApp()).map((template) => JSON.stringify(template.toJSON()));
  expect(templates).toHaveLength(stacks.length);
  expect(found(templates, /arn:aws[\w-]*:[^"]*/g)).toEqual([]);
});

describe.each([
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['eu-central-1', 'aws'],
])('a deployment in %s', (region, partition) => {
  let templates: readonly string[];
  beforeAll(async () => {
    templates = await templatesIn(region, partition);
  });

  it(`names resources in the partition ${partition} only`, () => {
    const partitions = new Set(found(templates, /(?<=arn:)aws[\w-]*(?=:)/g));
    expect([...partitions]).toEqual([partition]);
  });

  it('names no host of another partition: only the names of services end like one', () => {
    const names = new Set(found(templates, /[^"\s/]*amazonaws\.com[^"\s/]*/g));
    expect([...names].filter((name) => !/^[a-z-]+\.amazonaws\.com(?:\.cn)?$/.test(name))).toEqual([]);
  });
});
