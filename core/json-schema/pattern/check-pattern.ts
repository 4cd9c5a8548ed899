import { overlaps } from './character-sets.ts';
import { loopIsAmbiguous } from './loop-ambiguity.ts';
import { findLoops } from './loops.ts';
import { parsePattern } from './parse-pattern.ts';
import { buildAutomaton, type PatternAutomaton } from './pattern-automaton.ts';
import { UncheckablePatternError } from './pattern-node.ts';
import { newStepBudget, type StepBudget } from './step-budget.ts';

const maxLength = 2000;
const maxAtoms = 2000;

/**
 * Returns why a pattern of a schema is rejected, or undefined if it is accepted. It must compile with the `u`
 * flag, have at most 2,000 characters, and must not have exponential matching time. A pattern is exponential
 * if and only if a loop can match the same text in two ways (Weideman et al., "Analyzing Matching Time Behavior
 * of Backtracking Regular Expression Matchers by Using Ambiguity of NFA", CIAA 2016). A bounded repeat counts
 * as a loop unless each iteration has the same length. Patterns with polynomial time are accepted. Throws
 * `StepBudgetError` when the check takes more steps than the budget has left.
 */
export function checkPattern(pattern: string, budget: StepBudget = newStepBudget()): string | undefined {
  if (pattern.length > maxLength) return `must be at most ${maxLength} characters, not ${pattern.length}`;
  try {
    new RegExp(pattern, 'u');
    const { root, lookArounds } = parsePattern(pattern);
    for (const node of [root, ...lookArounds]) {
      const automaton = buildAutomaton(node, { maxAtoms, budget });
      if (automaton === undefined)
        return `is too long to be checked: it has more than ${maxAtoms} positions when its counted repeats are expanded`;
      if (isAmbiguous(automaton, { pattern, budget })) {
        return 'could take exponential time: a repeat can match the same text in two ways';
      }
    }
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError)
      return `must be a valid regular expression with the u flag: ${error.message}`;
    if (error instanceof UncheckablePatternError) return error.message;
    throw error;
  }
}

function isAmbiguous(
  automaton: PatternAutomaton,
  { pattern, budget }: { readonly pattern: string; readonly budget: StepBudget },
): boolean {
  const overlap = overlaps({ atoms: automaton.atoms, pattern }, budget);
  return findLoops(automaton.edges).some((states) =>
    loopIsAmbiguous({ automaton, loop: new Set(states), overlap }, budget),
  );
}
