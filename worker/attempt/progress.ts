import type { Attempt } from './attempt.ts';
import { shorten } from './shorten.ts';
import { sleep } from './sleep.ts';

/**
 * The progress of a service: steps, or a fraction from 0 to 1, and a message, of which the first 1,024
 * characters are kept. Omitted members keep their last reported value.
 */
export type Progress = {
  readonly stepsTotal?: number;
  readonly stepsCompleted?: number;
  readonly completion?: number;
  readonly message?: string;
};

/** Sends progress in the background. */
export interface ProgressReporter {
  /** Returns at once. Reports within one second are merged. Throws a `RangeError` for invalid numbers. */
  report(progress: Progress): void;
  /** Resolves when the latest report was sent, or after 5 s. */
  flush(): Promise<void>;
}

/** The API accepts progress once a second, and drops reports that arrive sooner. */
const pauseMilliseconds = 1_000;
const flushMilliseconds = 5_000;

/** Creates the reporter of an attempt. Reports that could not be sent are logged and otherwise ignored. */
export function progressReporter(attempt: Attempt): ProgressReporter {
  let latest: Progress = {};
  let unsent = false;
  let sending = false;
  let sent: Promise<void> = Promise.resolve();
  const send = async (): Promise<void> => {
    sending = true;
    while (unsent && !attempt.signal.aborted) {
      // Counted from the response: the API has processed the report before it, so no two are within a second.
      await sleep(attempt.lastProgressAt() + pauseMilliseconds - performance.now(), attempt.closing);
      unsent = false;
      const response = await attempt.call({ path: '/progress', body: JSON.stringify(latest) });
      if (response.kind === 'refused') console.error(`errand: progress was refused: ${response.detail}`);
    }
    sending = false;
  };
  return {
    report(progress) {
      checkNumbers(progress);
      latest = { ...latest, ...shown(progress) };
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

/** Truncates the message, because the API would reject a longer one. */
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
