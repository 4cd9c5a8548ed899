import { describe, expect, test } from 'vitest';
import { handler } from '../../../examples/fan-out/handler.ts';
import { readManifest, schemaErrors } from '../../support/manifest-schema.ts';
import { problemResponse } from '../../support/worker-server.ts';
import { eventFor, workerServer } from '../../worker/worker-call.ts';

/** Responds like the job service: a repeated key returns the same job. */
async function childServer() {
  const ids = new Map<string, string>();
  const server = await workerServer(({ route, headers }) => {
    if (route !== '/children') return undefined;
    const key = String(headers['idempotency-key']);
    const id = ids.get(key) ?? `child-${ids.size + 1}`;
    ids.set(key, id);
    return { status: 202, body: { id, status: 'pending' } };
  });
  return { server, ids };
}

describe('fan-out', () => {
  test('submits the requested number of sub-jobs of echo, and returns their IDs', async () => {
    const { server } = await childServer();
    const result = await handler(eventFor(server, { count: 7, parameters: { sleepSeconds: 1 } }));
    expect(schemaErrors(readManifest('fan-out').result, result)).toEqual([]);
    const names = Array.from({ length: 7 }, (_, index) => `part-${index + 1}`);
    expect(result).toMatchObject({ children: names.map((name) => ({ name })) });
    const bodies = server.to('/children').map(({ text }) => JSON.parse(text) as { name: string });
    expect(bodies.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toEqual(
      names.map((name, index) => ({
        name,
        service: 'echo@^1.0',
        parameters: { sleepSeconds: 1, part: index + 1 },
      })),
    );
    expect(JSON.parse(server.to('/progress').at(-1)?.text ?? '')).toEqual({
      stepsTotal: 7,
      stepsCompleted: 7,
    });
  });

  test('finds the same sub-jobs again when it runs again', async () => {
    const { server, ids } = await childServer();
    const event = eventFor(server, { count: 6, parameters: {} });
    const again = { ...event, job: { ...event.job, attempt: 2 } };
    expect(await handler(again)).toEqual(await handler(event));
    expect(ids.size).toBe(6);
  });

  test('submits nothing for a count of zero', async () => {
    const { server } = await childServer();
    expect(await handler(eventFor(server, { count: 0, parameters: {} }))).toEqual({ children: [] });
    expect(server.requests).toEqual([]);
  });

  test('fails with the reason when a sub-job is refused', async () => {
    const server = await workerServer(() => problemResponse(404, 'service-not-found', 'There is no echo.'));
    const event = eventFor(server, { count: 1, parameters: {} });
    await expect(handler(event)).rejects.toThrow('There is no echo.');
  });

  test('has a manifest that bounds the number', () => {
    const { parameters } = readManifest('fan-out');
    expect(schemaErrors(parameters, {})).toEqual([]);
    for (const wrong of [{ count: -1 }, { count: 101 }, { parameters: [] }])
      expect(schemaErrors(parameters, wrong)).not.toEqual([]);
  });
});
