import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { until } from '../../local/test/fixture/until.ts';
import {
  checkInterval,
  keepHeartbeat,
  sendHeartbeat,
  withHeartbeat,
} from '../../worker/attempt/heartbeat.ts';
import type { WorkerServerResponse } from '../support/worker-server.ts';
import { atFirst, attemptOn } from './worker-call.ts';

/**
 * Adds up for how many milliseconds this process could not run: on a busy machine, a correct interval appears longer by that. `stop`
 * returns the sum. What a timer is late on an idle machine does not count.
 */
function measureDelay() {
  const everyMs = 10;
  const usualLatenessMs = 20;
  let [lastAt, delayMs] = [performance.now(), 0];
  const timer = setInterval(() => {
    const now = performance.now();
    delayMs += Math.max(0, now - lastAt - everyMs - usualLatenessMs);
    lastAt = now;
  }, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      return delayMs;
    },
  };
}

describe('heartbeats', () => {
  test('are sent at their interval until the attempt is closed', async () => {
    const { server, attempt } = await attemptOn();
    const kept = keepHeartbeat(attempt, 0.1);
    await until('three heartbeats', () => server.to('/heartbeat').length >= 3);
    attempt.close();
    await kept;
    const times = server.requests.map(({ at }) => at);
    for (const [index, at] of times.slice(1).entries()) expect(at - (times[index] ?? 0)).toBeGreaterThan(90);
  });

  test('are skipped while other reports get responses', async () => {
    const { server, attempt } = await attemptOn();
    const kept = keepHeartbeat(attempt, 0.3);
    for (let report = 0; report < 10; report += 1) {
      await attempt.call({ path: '/progress', body: '{}' });
      await delay(60);
    }
    expect(server.to('/heartbeat')).toEqual([]);
    attempt.close();
    await kept;
  });

  test('are not skipped while requests get responses that Errand does not record as reports', async () => {
    const { server, attempt } = await attemptOn();
    const kept = keepHeartbeat(attempt, 0.2);
    await until('two heartbeats', async () => {
      await attempt.call({ method: 'GET', path: '/inputs' });
      await attempt.call({ path: '/outputs/plot', body: '{}' });
      return server.to('/heartbeat').length >= 2;
    });
    attempt.close();
    await kept;
  });

  test('end when the response to one requests the work to stop', async () => {
    const { server, attempt } = await attemptOn(() => ({ body: { abort: true } }));
    await keepHeartbeat(attempt, 0.1);
    expect(server.requests).toHaveLength(1);
    expect(attempt.stoppedBy()).toBe('abort');
  });

  test('may be lost without harm', async () => {
    const { server, attempt } = await attemptOn(() => 'broken');
    await sendHeartbeat(attempt);
    expect(server.requests).toHaveLength(3);
    expect(attempt.signal.aborted).toBe(false);
  });

  test.each<readonly [string, WorkerServerResponse]>([
    ['never gets a response', 'silent'],
    ['gets a long Retry-After', { status: 503, headers: { 'retry-after': '10' } }],
  ])('are sent again within their interval when one %s', async (_, response) => {
    const { server, attempt } = await attemptOn(atFirst(1, '/heartbeat', response));
    const delays = measureDelay();
    const kept = keepHeartbeat(attempt, 1.2);
    await until('two heartbeats', () => server.to('/heartbeat').length >= 2);
    attempt.close();
    await kept;
    const [first = 0, second = 0] = server.requests.map(({ at }) => at);
    expect(second - first).toBeLessThan(1_200 + delays.stop());
  });

  test('are sent at least once in each interval when none ever gets a response', async () => {
    const { server, attempt } = await attemptOn(() => 'silent');
    const delays = measureDelay();
    const kept = keepHeartbeat(attempt, 0.6);
    await until('six heartbeats', () => server.to('/heartbeat').length >= 6);
    attempt.close();
    await kept;
    const limitMs = 900 + delays.stop();
    const times = server.requests.map(({ at }) => at);
    for (const [index, at] of times.slice(1).entries())
      expect(at - (times[index] ?? 0)).toBeLessThan(limitMs);
  });

  test('end with the work, while the attempt is still open', async () => {
    const { server, attempt } = await attemptOn();
    const result = await withHeartbeat(attempt, 0.1, async () => {
      await until('two heartbeats', () => server.to('/heartbeat').length >= 2);
      return 'done';
    });
    const sent = server.requests.length;
    await delay(500);
    expect([result, server.requests.length, attempt.closing.aborted]).toEqual(['done', sent, false]);
  });

  test.each([0, -1, 0.05, Number.NaN])('cannot be sent every %d seconds', (everySeconds) => {
    expect(() => checkInterval(everySeconds)).toThrow(RangeError);
  });
});
