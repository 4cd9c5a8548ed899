import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import type { Resource } from '../../cloud.ts';
import { call, functionResource, lambdaWith, temporaryDirectory } from './local-lambda.ts';

const source = `type Event = { readonly a: number };

export const handler = async (event: Event): Promise<never> => {
  throw new RangeError('too large: ' + event.a);
};
`;

/** A function whose code is the bundled source, with or without its map. */
async function bundled(sourcemap: boolean): Promise<Resource> {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'service.ts'), source);
  const outfile = join(directory, 'asset', 'index.mjs');
  await build({ entryPoints: [join(directory, 'service.ts')], format: 'esm', outfile, sourcemap });
  return { ...functionResource('service-mapped', ''), assetDirectory: join(directory, 'asset') };
}

async function traceOf(sourcemap: boolean): Promise<string> {
  const { lambda } = lambdaWith([await bundled(sourcemap)]);
  const fault = await call(lambda, 'service-mapped', { a: 1 });
  return JSON.stringify(fault);
}

test('the stack of a function with a source map refers to its source', async () => {
  expect(await traceOf(true)).toContain('service.ts:4:9');
});

test('the stack of a function without a source map refers to its code', async () => {
  const trace = await traceOf(false);
  expect(trace).toContain('index.mjs:');
  expect(trace).not.toContain('service.ts');
});
