/** Thrown when the check of a definition's patterns exceeds its step budget. */
export class StepBudgetError extends Error {
  override readonly name = 'StepBudgetError';
}

/**
 * The remaining work, in steps of a few nanoseconds each. Equal patterns take equally many steps on any
 * machine.
 */
export interface StepBudget {
  stepsLeft: number;
}

/** For all patterns of one definition: about a second of work. */
const maxSteps = 50_000_000;

/** Creates the budget of one definition. */
export function newStepBudget(): StepBudget {
  return { stepsLeft: maxSteps };
}

/** Charges work to the budget before it is done. Throws `StepBudgetError` when the budget is exhausted. */
export function spend(budget: StepBudget, steps: number): void {
  budget.stepsLeft -= steps;
  if (budget.stepsLeft < 0) throw new StepBudgetError('the patterns take too much work to check');
}
