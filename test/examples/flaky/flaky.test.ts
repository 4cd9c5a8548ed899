import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type FlakyParameters, failFirst } from '../../../examples/flaky/fail-first.ts';
import { handler } from '../../../examples/flaky/handler.ts';
import { readManifest, schemaErrors } from '../../support/manifest-schema.ts';
import { problemResponse } from '../../support/worker-server.ts';
import { eventFor, workerServer } from '../../worker/worker-call.ts';

function attempt(number: number, parameters: FlakyParameters, signal = new AbortController().signal) {
  return failFirst({ parameters, job: { id: 'job', attempt: number }, signal });
}

describe('flaky', () => {
  test('fails the requested number of times, each with a request for another attempt, and then succeeds', async () => {
    const parameters = { failures: 2, kind: 'throw' } as const;
    for (const number of [1, 2])
      await expect(attempt(number, parameters)).rejects.toMatchObject({
        name: 'ServiceFailure',
        message: `Attempt ${number} of 2 that fail failed on purpose.`,
        type: 'flaky',
        retryable: true,
      });
    expect(await attempt(3, parameters)).toEqual({ attempt: 3 });
    expect(await attempt(1, { ...parameters, failures: 0 })).toEqual({ attempt: 1 });
  });

  test.each(['timeout', 'memory'] as const)('also succeeds after its failures by %s', async (kind) => {
    expect(await attempt(2, { failures: 1, kind })).toEqual({ attempt: 2 });
  });

  test('does not end by itself when it must run out of time', async () => {
    const given = new AbortController();
    const running = attempt(1, { failures: 1, kind: 'timeout' }, given.signal);
    const first = await Promise.race([
      running.catch(() => 'ended'),
      new Promise((resolve) => setTimeout(() => resolve('still running'), 300)),
    ]);
    expect(first).toBe('still running');
    given.abort();
    await expect(running).rejects.toThrow();
  });

  test('ends after its time limit, once the response to a heartbeat reports that the attempt is over', async () => {
    const server = await workerServer(() => problemResponse(409, 'stale-attempt'));
    expect(await handler(eventFor(server, { failures: 1, kind: 'timeout' }))).toBeNull();
  }, 15_000);

  test('fills the memory until the process is ended', () => {
    const module = new URL('../../../examples/flaky/fail-first.ts', import.meta.url).href;
    const program = `
      const { failFirst } = await import(${JSON.stringify(module)});
      const { signal } = new AbortController();
      await failFirst({ parameters: { failures: 1, kind: 'memory' }, job: { id: 'job', attempt: 1 }, signal });`;
    const { signal, stderr } = spawnSync(
      process.execPath,
      ['--max-old-space-size=64', '--input-type=module', '--eval', program],
      { encoding: 'utf8' },
    );
    expect(signal).toBe('SIGABRT');
    expect(stderr).toContain('heap out of memory');
  });

  test('has a manifest that accepts its parameters, and enough attempts to succeed after two', () => {
    const { parameters, result, retry } = readManifest('flaky');
    expect(schemaErrors(parameters, {})).toEqual([]);
    for (const kind of ['throw', 'timeout', 'memory'])
      expect(schemaErrors(parameters, { failures: 2, kind })).toEqual([]);
    for (const wrong of [{ kind: 'other' }, { failures: -1 }, { failures: 1.5 }, { times: 1 }])
      expect(schemaErrors(parameters, wrong)).not.toEqual([]);
    expect(schemaErrors(result, { attempt: 3 })).toEqual([]);
    expect(retry).toMatchObject({ maxAttempts: 3 });
  });
});
