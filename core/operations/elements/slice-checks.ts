import type { SharedChecks } from '../../jobs/submission/choose-service.ts';
import { type CheckTime, maxCheckMs, newCheckTime } from '../../json-schema/limits/check-time.ts';

/** Thrown before a check for which a slice has no time left: the next slice treats the job or the element. */
export class SliceFullError extends Error {}

/** After checks of this time, no further check of a slice starts, so that the lease of the operation does not expire meanwhile. */
const maxSliceCheckMs = 2000;

/**
 * The checks of the parameters in one slice, for each of its items by its index. Each item has the check time of a request, so that it
 * never fails because of the others. The check of the first item always starts, so that each slice makes progress.
 */
export function sliceChecks(): (index: number) => SharedChecks {
  const times: CheckTime[] = [];
  const usedMs = () => times.reduce((sum, { remainingMs }) => sum + maxCheckMs - remainingMs, 0);
  return (index) => {
    const time = newCheckTime();
    times.push(time);
    return {
      time,
      pauseIfNeeded() {
        if (index > 0 && usedMs() >= maxSliceCheckMs) throw new SliceFullError();
        return undefined;
      },
    };
  };
}
