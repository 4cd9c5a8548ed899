import type { Clock } from '../../core/ports/clock.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Runs tasks one step at a time, in an order and on a clock that only the seed decides. */
export interface Scheduler extends Clock {
  /** A point at which any other task can continue first. */
  turn(): Promise<void>;
  /** Starts a task; `run` throws the task's error. */
  spawn(task: () => Promise<void>): void;
  /** Runs until `done`; throws when no task can continue. */
  run(done: () => boolean): Promise<void>;
}

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/** The clock advances with this probability while tasks are ready: the open calls are slow then. */
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

/** An immediate runs after every promise that can continue by itself. */
function everyTaskRests(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
