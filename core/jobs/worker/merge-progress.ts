import { violationsError } from '../../contract/problems/problem-error.ts';
import type { ProgressReport } from '../../contract/schemas/worker-schemas.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Progress } from '../model/job.ts';

/**
 * Merges a report into the current progress: members that it omits stay, and `completion` is derived from the
 * steps unless the report contains it. Undefined if the report is empty or lower than the current progress,
 * which never decreases.
 */
export function mergeProgress(current: Progress | undefined, report: ProgressReport): Progress | undefined {
  const reported = omitUndefined(report);
  if (Object.keys(reported).length === 0) return undefined;
  const merged = { ...current, ...reported };
  const completion = completionOf(merged, report);
  const next = { ...merged, ...omitUndefined({ completion }) };
  const isRegression =
    isLess(next.completion, current?.completion) || isLess(next.stepsCompleted, current?.stepsCompleted);
  return isRegression ? undefined : next;
}

/**
 * Throws `invalid-request` if a report, merged with the current progress, has more completed steps than steps
 * in total. A report contains only what has changed, so a single report cannot show this.
 */
export function requireWithinTotal(current: Progress | undefined, report: ProgressReport): void {
  const { stepsTotal, stepsCompleted } = { ...current, ...omitUndefined(report) };
  if (stepsTotal === undefined || stepsCompleted === undefined || stepsCompleted <= stepsTotal) return;
  const violation =
    report.stepsCompleted === undefined
      ? {
          pointer: '/stepsTotal',
          detail: `must be at least stepsCompleted (${stepsCompleted}), but is ${stepsTotal}; report both to change both`,
          keyword: 'minimum',
        }
      : {
          pointer: '/stepsCompleted',
          detail: `must be at most stepsTotal (${stepsTotal}), but is ${stepsCompleted}; report both to change both`,
          keyword: 'maximum',
        };
  throw violationsError('invalid-request', [violation]);
}

function completionOf(merged: Progress, report: ProgressReport): number | undefined {
  const { stepsTotal, stepsCompleted } = merged;
  const reportsSteps = report.stepsTotal !== undefined || report.stepsCompleted !== undefined;
  if (report.completion !== undefined || !reportsSteps) return merged.completion;
  if (stepsTotal === undefined || stepsCompleted === undefined || stepsTotal === 0) return merged.completion;
  return Math.min(1, stepsCompleted / stepsTotal);
}

function isLess(next: number | undefined, current: number | undefined): boolean {
  return current !== undefined && next !== undefined && next < current;
}
