/** Thrown when the patterns of a definition take more work to judge than it may cause. */
export class StepBudgetError extends Error {
  override readonly name = 'StepBudgetError';
}

/** The work that may still be spent, in steps of some nanoseconds each: the same for the same patterns on any machine. */
export interface StepBudget {
  stepsLeft: number;
}

/** For all patterns of one definition: about a second of work. */
const maxSteps = 50_000_000;

/** The budget of one definition. */
export function newStepBudget(): StepBudget {
  return { stepsLeft: maxSteps };
}

/** Counts work before it is done. Throws `StepBudgetError` when it is too much. */
export function spend(budget: StepBudget, steps: number): void {
  budget.stepsLeft -= steps;
  if (budget.stepsLeft < 0) throw new StepBudgetError('the patterns take too much work to judge');
}
