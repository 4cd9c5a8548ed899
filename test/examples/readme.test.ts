import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { exitStatuses } from '../../worker/batch/run-batch-job.ts';
import { defineService } from '../../worker/lambda/define-service.ts';
import { section, tableRows } from '../docs/markdown.ts';
import { schemaErrors } from '../support/manifest-schema.ts';
import { envelopeSample } from '../worker/envelope-sample.ts';
import { workerServer } from '../worker/worker-call.ts';

const examples = new URL('../../examples/', import.meta.url);
const readme = readFileSync(new URL('README.md', examples), 'utf8');

function block(text: string, language: string): string {
  const found = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(text)?.[1];
  if (found === undefined) throw new Error(`the README has no ${language} block`);
  return found;
}

/** Runs a program of the README from the folder of an example; resolves to its output. */
async function run(program: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module-typescript', '--eval', program],
    { cwd: fileURLToPath(new URL('echo/', examples)), env },
  );
  return stdout.trim();
}

/** Runs the README's handler, and prints its outcome. */
async function runHandler(parameters: unknown): Promise<string> {
  const event = JSON.stringify({ ...envelopeSample, parameters });
  return run(`${block(readme, 'ts')}
    console.log(await handler(${event}).catch((error: Error) => error.name + ' ' + error.message));`);
}

describe('the README of the examples', () => {
  test('shows a handler that runs', async () => {
    expect(await runHandler({ name: 'Ada', greeting: 'Hello' })).toBe('Hello Ada, at attempt 1');
    expect(await runHandler({ name: '', greeting: 'Hello' })).toBe(
      'ServiceFailure {"message":"Nobody to greet.","type":"no-name","retryable":false}',
    );
  });

  test('shows a manifest that matches the handler', () => {
    const { parameters, result, dispatcher } = JSON.parse(block(readme, 'json'));
    expect(schemaErrors(parameters, { name: 'Ada' })).toEqual([]);
    expect(schemaErrors(parameters, { greeting: 'Hello' })).not.toEqual([]);
    expect(schemaErrors(result, 'Hello Ada, at attempt 1')).toEqual([]);
    expect(dispatcher.functionName).toMatch(/^errand-service-/);
  });

  test('shows a program of a container that runs', async () => {
    const server = await workerServer();
    await run(block(section(readme, 'As a container'), 'ts'), {
      ERRAND_JOB_ID: 'the-job',
      ERRAND_ATTEMPT: '1',
      ERRAND_WORKER_URL: server.url,
      ERRAND_WORKER_TOKEN: server.token,
      ERRAND_PARAMETERS: '{"names":["Ada","Grace"]}',
    });
    expect(JSON.parse(server.to('/complete')[0]?.text ?? '')).toEqual({
      result: ['Hello Ada', 'Hello Grace'],
    });
    expect(JSON.parse(server.to('/progress').at(-1)?.text ?? '')).toEqual({
      stepsTotal: 2,
      stepsCompleted: 2,
    });
  });

  test('names all members of a call', async () => {
    const documented = tableRows(section(readme, 'What a service may do while it works')).map(
      ([member = '']) => /^\w+/.exec(member)?.[0],
    );
    const members = await defineService((call) => Object.keys(call))({ ...envelopeSample, parameters: {} });
    expect(['parameters', 'job', ...documented].sort()).toEqual(members?.toSorted());
  });

  test('names every exit status of a container', () => {
    const documented = tableRows(section(readme, 'As a container')).map(([status]) => Number(status));
    expect(documented).toEqual(Object.values(exitStatuses));
  });
});
