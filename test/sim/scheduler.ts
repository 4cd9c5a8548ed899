import type { Clock } from '../../core/ports/clock.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Runs tasks one step at a time, in an order and on a clock that only the seed decides. */
export interface Scheduler extends Clock {
  /** A point at which any other task may go on first. */
  turn(): Promise<void>;
  /** Begins a task; what it throws is thrown by `run`. */
  spawn(task: () => Promise<void>): void;
  /** Runs until `done`; throws when nothing is left that could go on. */
  run(done: () => boolean): Promise<void>;
}

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/** While tasks are ready the clock moves on with this probability: the calls under way are slow then. */
const slowness = 0.03;
/** No call takes longer than this. */
const slowestMilliseconds = 30_000;

export function scheduler(random: SeededRandom, start: number): Scheduler {
  const ready: (() => void)[] = [];
  const sleepers: Sleeper[] = [];
  const failures: unknown[] = [];
  let now = start;

  const takeReady = () => ready.splice(random.whole(0, ready.length - 1), 1)[0]?.();
  const wakeNext = () => {
    sleepers.sort((one, other) => one.wakesAt - other.wakesAt);
    const next = sleepers.shift();
    if (next === undefined) throw new Error('Every task waits for another');
    now = Math.max(now, next.wakesAt);
    ready.push(next.wake);
  };
  return {
    now: () => now,
    turn: () => new Promise((resolve) => ready.push(resolve)),
    sleep: (milliseconds) => new Promise((wake) => sleepers.push({ wakesAt: now + milliseconds, wake })),
    spawn: (task) => void task().catch((error: unknown) => failures.push(error)),
    async run(done) {
      for (;;) {
        await everyTaskRests();
        if (failures.length > 0) throw failures[0];
        if (done()) return;
        const next = Math.min(...sleepers.map(({ wakesAt }) => wakesAt));
        const slow = next <= now + slowestMilliseconds && random.happens(slowness);
        if (ready.length > 0 && !slow) takeReady();
        else wakeNext();
      }
    },
  };
}

/** An immediate comes after every promise that can go on by itself. */
function everyTaskRests(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
