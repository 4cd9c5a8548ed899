import type { ProgressReport } from '../../contract/worker-schemas.ts';
import type { Progress } from '../job.ts';

/**
 * What is known of an attempt's progress after a report: what it left out stays, and completion follows from the steps
 * unless it is told. Undefined for a report that tells nothing, or goes back: of an attempt, progress never does.
 */
export function mergeProgress(known: Progress | undefined, told: ProgressReport): Progress | undefined {
  const news = defined(told);
  if (Object.keys(news).length === 0) return undefined;
  const merged = { ...known, ...news };
  const completion = completionOf(merged, told);
  const next = { ...merged, ...(completion === undefined ? {} : { completion }) };
  const goesBack =
    isLess(next.completion, known?.completion) || isLess(next.stepsCompleted, known?.stepsCompleted);
  return goesBack ? undefined : next;
}

/** A report is data from the wire, in which what is not told is absent. */
function defined(told: ProgressReport): Progress {
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) as Progress;
}

function completionOf(merged: Progress, told: ProgressReport): number | undefined {
  const { stepsTotal, stepsCompleted } = merged;
  const tellsSteps = told.stepsTotal !== undefined || told.stepsCompleted !== undefined;
  if (told.completion !== undefined || !tellsSteps) return merged.completion;
  if (stepsTotal === undefined || stepsCompleted === undefined || stepsTotal === 0) return merged.completion;
  return Math.min(1, stepsCompleted / stepsTotal);
}

function isLess(next: number | undefined, known: number | undefined): boolean {
  return known !== undefined && next !== undefined && next < known;
}
