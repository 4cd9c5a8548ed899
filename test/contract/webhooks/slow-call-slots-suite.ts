import { beforeEach, expect, test } from 'vitest';
import type { SlowCallSlots } from '../../../core/ports/webhooks/slow-call-slots.ts';

/** The contract of the slots for slow calls. `makeSlots` returns free ones; the caller cleans up. */
export function describeSlowCallSlots(makeSlots: () => Promise<SlowCallSlots>): void {
  let slots: SlowCallSlots;
  beforeEach(async () => {
    slots = await makeSlots();
  });

  test('a slot is taken by one of several calls, until it is freed or its time has passed', async () => {
    const take = (now: number, until: number) => slots.take(11, { now, until });
    expect(await slots.read()).toEqual({});
    const taken = await Promise.all([take(0, 10), take(0, 11), take(0, 12)]);
    expect(taken.filter(Boolean)).toHaveLength(1);
    const until = (await slots.read())[11] ?? 0;
    expect(until).toBe([10, 11, 12][taken.indexOf(true)]);
    expect(await take(until - 1, 50)).toBe(false);
    expect(await take(until, 50)).toBe(true);
    await slots.free(11, until);
    expect(await take(until, 60)).toBe(false);
    await slots.free(11, 50);
    expect((await slots.read())[11] ?? 0).toBe(0);
    expect(await take(until, 60)).toBe(true);
  });

  test('slots do not depend on each other', async () => {
    for (const slot of [0, 1, 19]) expect(await slots.take(slot, { now: 0, until: 5 + slot })).toBe(true);
    await slots.free(1, 6);
    expect(await slots.read()).toEqual({ 0: 5, 19: 24 });
  });
}
