import { describe, expect, test } from 'vitest';
import { burnCpu } from '../../../examples/cpu-load/burn-cpu.ts';
import { handler } from '../../../examples/cpu-load/handler.ts';
import type { Progress } from '../../../worker/attempt/progress.ts';
import { readManifest, schemaErrors } from '../../support/manifest-schema.ts';
import { eventFor, workerServer } from '../../worker/worker-call.ts';

async function load(duration_seconds: number, target_cpu_percent: number) {
  const reported: Progress[] = [];
  const report = await burnCpu({
    parameters: { duration_seconds, target_cpu_percent },
    signal: new AbortController().signal,
    progress: (progress) => void reported.push(progress),
  });
  return { report, reported: reported };
}

describe('cpu-load', () => {
  test('works for the requested time, in slices, and its result matches its schema', async () => {
    const { report, reported } = await load(1, 50);
    expect(report.duration_seconds).toBeGreaterThanOrEqual(0.999);
    expect(report.slices).toBeGreaterThan(3);
    expect(reported).toHaveLength(report.slices + 1);
    expect(schemaErrors(readManifest('cpu-load').result, report)).toEqual([]);
  });

  test('uses more of the processor when more is requested', async () => {
    const { report: little } = await load(1, 10);
    const { report: much } = await load(1, 90);
    // A processor that others use provides less than is requested, never more.
    expect(little.cpu_seconds).toBeLessThan(0.4);
    expect(much.cpu_seconds).toBeGreaterThan(little.cpu_seconds * 1.5);
  });

  test('reports progress that rises from slice to slice up to the end', async () => {
    const { reported } = await load(0.5, 50);
    const shares = reported.map(({ completion = 0 }) => completion);
    expect(shares).toEqual(shares.toSorted((one, other) => one - other));
    expect(new Set(shares).size).toBe(shares.length);
    expect(shares[0]).toBe(0);
    expect(shares.at(-1)).toBe(1);
  });

  test('does nothing for a time of zero', async () => {
    const { report } = await load(0, 100);
    expect(report).toMatchObject({ cpu_percent: 0, slices: 0 });
  });

  test('ends soon after an abort, which it learns from the responses to its progress', async () => {
    const server = await workerServer(() => ({ body: { abort: true } }));
    const since = performance.now();
    const parameters = { duration_seconds: 150, target_cpu_percent: 10 };
    expect(await handler(eventFor(server, parameters))).toBeNull();
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(server.to('/progress')).toHaveLength(1);
  });

  test.each(['service.json', 'service-batch.json'])('has bounds in its %s', (file) => {
    const { parameters } = readManifest('cpu-load', file);
    expect(schemaErrors(parameters, {})).toEqual([]);
    expect(schemaErrors(parameters, { duration_seconds: 3, target_cpu_percent: 80 })).toEqual([]);
    for (const wrong of [
      { duration_seconds: -1 },
      { duration_seconds: 86_400 },
      { target_cpu_percent: 0 },
      { target_cpu_percent: 101 },
      { seconds: 1 },
    ])
      expect(schemaErrors(parameters, wrong)).not.toEqual([]);
  });
});
