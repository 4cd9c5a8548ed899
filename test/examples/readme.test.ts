import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { envelopeSample } from '../worker/envelope-sample.ts';
import { faultsOf } from './manifest-schema.ts';

const examples = new URL('../../examples/', import.meta.url);
const readme = readFileSync(new URL('README.md', examples), 'utf8');

function block(language: string): string {
  const text = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(readme)?.[1];
  if (text === undefined) throw new Error(`the README has no ${language} block`);
  return text;
}

/** Runs the README's handler where an example's handler would lie, and prints its outcome. */
async function runHandler(parameters: unknown): Promise<string> {
  const event = JSON.stringify({ ...envelopeSample, parameters });
  const program = `${block('ts')}
    console.log(await handler(${event}).catch((error: Error) => error.name + ' ' + error.message));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module-typescript', '--eval', program],
    { cwd: fileURLToPath(new URL('echo/', examples)) },
  );
  return stdout.trim();
}

describe('the README of the examples', () => {
  it('shows a handler that runs', async () => {
    expect(await runHandler({ name: 'Ada', greeting: 'Hello' })).toBe('Hello Ada, at attempt 1');
    expect(await runHandler({ name: '', greeting: 'Hello' })).toBe(
      'ServiceFailure {"message":"Nobody to greet.","type":"no-name","retryable":false}',
    );
  });

  it('shows a manifest that fits it', () => {
    const { parameters, result, dispatcher } = JSON.parse(block('json'));
    expect(faultsOf(parameters, { name: 'Ada' })).toEqual([]);
    expect(faultsOf(parameters, { greeting: 'Hello' })).not.toEqual([]);
    expect(faultsOf(result, 'Hello Ada, at attempt 1')).toEqual([]);
    expect(dispatcher.functionName).toMatch(/^errand-service-/);
  });
});
