import { TimeLimitError, withinTime } from '../limits/within-time.ts';
import { checkPattern } from './check-pattern.ts';
import { newStepBudget, type StepBudget, StepBudgetError } from './step-budget.ts';

/** Judges all patterns of one definition, within one budget; equal patterns once. */
export interface PatternJudge {
  readonly budget: StepBudget;
  readonly verdicts: Map<string, string | undefined>;
  /** When judging ends on a machine that is far too slow for the budget, by `performance.now()`. */
  readonly endsAt: number;
  isExhausted: boolean;
}

/** The API waits 29 s for its function, which has more to do. */
const maxMilliseconds = 10_000;

const unjudged =
  'could not be judged: the patterns of the definition take too much work together; give it fewer or shorter ones, or fewer choices inside repeats';

/** A judge for the patterns of one definition. */
export function newPatternJudge(): PatternJudge {
  const endsAt = performance.now() + maxMilliseconds;
  return { budget: newStepBudget(), verdicts: new Map(), endsAt, isExhausted: false };
}

/**
 * Says why a pattern may not be used, as `checkPattern` does, or that it could not be judged within the budget. What comes
 * after that one is not judged any more: the definition is refused already.
 */
export function judgePattern(judge: PatternJudge, pattern: string): string | undefined {
  if (judge.isExhausted) return undefined;
  if (judge.verdicts.has(pattern)) return judge.verdicts.get(pattern);
  const verdict = judgeInTime(judge, pattern);
  judge.verdicts.set(pattern, verdict);
  return verdict;
}

function judgeInTime(judge: PatternJudge, pattern: string): string | undefined {
  try {
    const millisecondsLeft = Math.max(1, Math.round(judge.endsAt - performance.now()));
    return withinTime(millisecondsLeft, () => checkPattern(pattern, judge.budget));
  } catch (error) {
    if (!(error instanceof StepBudgetError) && !(error instanceof TimeLimitError)) throw error;
    judge.isExhausted = true;
    return unjudged;
  }
}
