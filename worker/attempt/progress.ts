import type { Attempt } from './attempt.ts';
import { shorten } from './shorten.ts';
import { sleep } from './sleep.ts';

/**
 * How far a service has come: steps, or a share from 0 to 1, and words for those who watch, of which 1,024 characters are
 * shown. What is left out stays as it was told.
 */
export type Progress = {
  readonly stepsTotal?: number;
  readonly stepsCompleted?: number;
  readonly completion?: number;
  readonly message?: string;
};

/** Sends progress beside the work. */
export interface ProgressReporter {
  /** Returns at once. Reports within one second are sent as one. Throws a `RangeError` for numbers that cannot be. */
  report(progress: Progress): void;
  /** Resolves when the latest report was sent, or after 5 s. */
  flush(): Promise<void>;
}

/** The service keeps progress once a second, and drops what comes earlier. */
const pauseMilliseconds = 1_000;
const flushMilliseconds = 5_000;

/** Makes the reporter of an attempt. What could not be sent is logged and otherwise no matter. */
export function progressReporter(attempt: Attempt): ProgressReporter {
  let told: Progress = {};
  let unsent = false;
  let sending = false;
  let sent: Promise<void> = Promise.resolve();
  const send = async (): Promise<void> => {
    sending = true;
    while (unsent && !attempt.signal.aborted) {
      // Counted from the answer: the service took the report before, so no two come to it within the second.
      await sleep(attempt.lastProgressAt() + pauseMilliseconds - performance.now(), attempt.closing);
      unsent = false;
      const answer = await attempt.call({ path: '/progress', body: JSON.stringify(told) });
      if (answer.kind === 'refused') console.error(`errand: progress was refused: ${answer.detail}`);
    }
    sending = false;
  };
  return {
    report(progress) {
      checkNumbers(progress);
      told = { ...told, ...shown(progress) };
      unsent = true;
      if (!sending) sent = send();
    },
    async flush() {
      const enough = new AbortController();
      await Promise.race([sent, sleep(flushMilliseconds, enough.signal)]);
      enough.abort();
    },
  };
}

/** A report that is cut is better than one that is refused. */
function shown(progress: Progress): Progress {
  const { message } = progress;
  return message === undefined ? progress : { ...progress, message: shorten(message.toWellFormed(), 1_024) };
}

function checkNumbers({ stepsTotal, stepsCompleted, completion }: Progress): void {
  for (const [name, steps] of Object.entries({ stepsTotal, stepsCompleted })) {
    if (steps !== undefined && !(Number.isSafeInteger(steps) && steps >= 0))
      throw new RangeError(`${name} must be a whole number of at least 0, not ${steps}`);
  }
  if (completion !== undefined && !(completion >= 0 && completion <= 1))
    throw new RangeError(`completion must be between 0 and 1, not ${completion}`);
}
