import { faultsError } from '../../contract/problems/problem-error.ts';
import type { ProgressReport } from '../../contract/schemas/worker-schemas.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Progress } from '../model/job.ts';

/**
 * What is known of an attempt's progress after a report: what it left out stays, and completion follows from the steps
 * unless it is told. Undefined for a report that tells nothing, or goes back: of an attempt, progress never does.
 */
export function mergeProgress(known: Progress | undefined, report: ProgressReport): Progress | undefined {
  const news = omitUndefined(report);
  if (Object.keys(news).length === 0) return undefined;
  const merged = { ...known, ...news };
  const completion = completionOf(merged, report);
  const next = { ...merged, ...omitUndefined({ completion }) };
  const goesBack =
    isLess(next.completion, known?.completion) || isLess(next.stepsCompleted, known?.stepsCompleted);
  return goesBack ? undefined : next;
}

/**
 * Throws `invalid-request` for a report that together with what is known has more steps completed than there are: each
 * report says only what has changed, so that no single one shows it.
 */
export function refuseBeyondTotal(known: Progress | undefined, report: ProgressReport): void {
  const { stepsTotal, stepsCompleted } = { ...known, ...omitUndefined(report) };
  if (stepsTotal === undefined || stepsCompleted === undefined || stepsCompleted <= stepsTotal) return;
  const fault =
    report.stepsCompleted === undefined
      ? {
          pointer: '/stepsTotal',
          detail: `must be at least stepsCompleted, which is ${stepsCompleted}, not ${stepsTotal}; report both to change both`,
          keyword: 'minimum',
        }
      : {
          pointer: '/stepsCompleted',
          detail: `must be at most stepsTotal, which is ${stepsTotal}, not ${stepsCompleted}; report both to change both`,
          keyword: 'maximum',
        };
  throw faultsError('invalid-request', [fault]);
}

function completionOf(merged: Progress, report: ProgressReport): number | undefined {
  const { stepsTotal, stepsCompleted } = merged;
  const reportsSteps = report.stepsTotal !== undefined || report.stepsCompleted !== undefined;
  if (report.completion !== undefined || !reportsSteps) return merged.completion;
  if (stepsTotal === undefined || stepsCompleted === undefined || stepsTotal === 0) return merged.completion;
  return Math.min(1, stepsCompleted / stepsTotal);
}

function isLess(next: number | undefined, known: number | undefined): boolean {
  return known !== undefined && next !== undefined && next < known;
}
