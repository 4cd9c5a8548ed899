import { describe, expect, test } from 'vitest';
import { sendHeartbeat } from '../../worker/attempt/heartbeat.ts';
import { progressReporter } from '../../worker/attempt/progress.ts';
import { problemResponse } from '../support/worker-server.ts';
import { attemptOn } from './worker-call.ts';

const texts = (requests: readonly { readonly text: string }[]) =>
  requests.map(({ text }) => JSON.parse(text) as unknown);

describe('progress', () => {
  test('sends the first report immediately, and of the next second only the final state', async () => {
    const { server, attempt } = await attemptOn();
    const reporter = progressReporter(attempt);
    for (let step = 1; step <= 50; step += 1) reporter.report({ stepsCompleted: step });
    await reporter.flush();
    expect(texts(server.to('/progress'))).toEqual([{ stepsCompleted: 50 }]);
    for (let step = 51; step <= 100; step += 1) reporter.report({ stepsCompleted: step });
    await reporter.flush();
    expect(texts(server.to('/progress'))).toEqual([{ stepsCompleted: 50 }, { stepsCompleted: 100 }]);
    const [first, second] = server.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(990);
  });

  test('keeps the members of an earlier report, so that an unsent report loses nothing', async () => {
    const { server, attempt } = await attemptOn();
    const reporter = progressReporter(attempt);
    reporter.report({ stepsTotal: 4 });
    reporter.report({ stepsCompleted: 1, message: 'one' });
    reporter.report({ message: 'two' });
    await reporter.flush();
    expect(texts(server.to('/progress')).at(-1)).toEqual({
      stepsTotal: 4,
      stepsCompleted: 1,
      message: 'two',
    });
  });

  test('does not wait for a heartbeat, which the service counts by itself', async () => {
    const { server, attempt } = await attemptOn();
    await sendHeartbeat(attempt);
    const reporter = progressReporter(attempt);
    reporter.report({ completion: 1 });
    await reporter.flush();
    const [heartbeat, progress] = server.requests;
    expect(progress?.route).toBe('/progress');
    expect((progress?.at ?? 0) - (heartbeat?.at ?? 0)).toBeLessThan(900);
  });

  test('flushes nothing when nothing is left, and nothing after a stop', async () => {
    const { server, attempt } = await attemptOn();
    const reporter = progressReporter(attempt);
    await reporter.flush();
    attempt.stop('abort');
    reporter.report({ completion: 1 });
    await reporter.flush();
    expect(server.requests).toEqual([]);
  });

  test('learns from the response that the work must stop', async () => {
    const { attempt } = await attemptOn(() => ({ body: { abort: true } }));
    const reporter = progressReporter(attempt);
    reporter.report({ completion: 0.5 });
    await reporter.flush();
    expect(attempt.stoppedBy()).toBe('abort');
  });

  test('continues after a report that was refused', async () => {
    const { server, attempt } = await attemptOn(({ text }) =>
      text.includes('bad') ? problemResponse(400, 'invalid-request') : undefined,
    );
    const reporter = progressReporter(attempt);
    reporter.report({ message: 'bad' });
    await reporter.flush();
    reporter.report({ message: 'good' });
    await reporter.flush();
    expect(texts(server.to('/progress'))).toEqual([{ message: 'bad' }, { message: 'good' }]);
  });

  test('truncates a message to the length that is shown', async () => {
    const { server, attempt } = await attemptOn();
    const reporter = progressReporter(attempt);
    reporter.report({ message: `\ud83d${'m'.repeat(2_000)}` });
    await reporter.flush();
    const { message } = JSON.parse(server.requests[0]?.text ?? '{}') as { message: string };
    expect(message).toHaveLength(1_024);
    expect(message.isWellFormed()).toBe(true);
  });

  test.each([
    { completion: 1.01 },
    { completion: -0.1 },
    { completion: Number.NaN },
    { stepsTotal: -1 },
    { stepsCompleted: 0.5 },
    { stepsTotal: Number.POSITIVE_INFINITY },
  ])('refuses %o and sends nothing', async (progress) => {
    const { server, attempt } = await attemptOn();
    const reporter = progressReporter(attempt);
    expect(() => reporter.report(progress)).toThrow(RangeError);
    await reporter.flush();
    expect(server.requests).toEqual([]);
  });
});
