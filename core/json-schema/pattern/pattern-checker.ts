import { TimeLimitError, withinTime } from '../limits/within-time.ts';
import { checkPattern } from './check-pattern.ts';
import { newStepBudget, type StepBudget, StepBudgetError } from './step-budget.ts';

/** Checks all patterns of one definition within one budget; equal patterns are checked once. */
export interface PatternChecker {
  readonly budget: StepBudget;
  readonly verdicts: Map<string, string | undefined>;
  /** The deadline for a machine that is too slow for the step budget, in `performance.now()` time. */
  readonly endsAt: number;
  isExhausted: boolean;
}

/** Well below 29 s, the time that the API waits for its function, which has more to do. */
const maxCheckMs = 10_000;

const tooMuchWork =
  'could not be checked: all patterns of the definition together take too much work; use fewer or shorter patterns, or fewer alternatives inside repeats';

/** Creates a checker for the patterns of one definition. */
export function newPatternChecker(): PatternChecker {
  const endsAt = performance.now() + maxCheckMs;
  return { budget: newStepBudget(), verdicts: new Map(), endsAt, isExhausted: false };
}

/**
 * Returns why a pattern is rejected, as `checkPattern` does, or that it could not be checked within the
 * budget. After that, further patterns are not checked, because the definition is rejected already.
 */
export function patternViolation(checker: PatternChecker, pattern: string): string | undefined {
  if (checker.isExhausted) return undefined;
  if (checker.verdicts.has(pattern)) return checker.verdicts.get(pattern);
  const verdict = checkWithinLimits(checker, pattern);
  checker.verdicts.set(pattern, verdict);
  return verdict;
}

function checkWithinLimits(checker: PatternChecker, pattern: string): string | undefined {
  try {
    const remainingMs = Math.max(1, Math.round(checker.endsAt - performance.now()));
    return withinTime(remainingMs, () => checkPattern(pattern, checker.budget));
  } catch (error) {
    if (!(error instanceof StepBudgetError) && !(error instanceof TimeLimitError)) throw error;
    checker.isExhausted = true;
    return tooMuchWork;
  }
}
