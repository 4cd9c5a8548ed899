import { overlaps } from './character-sets.ts';
import { loopIsAmbiguous } from './loop-ambiguity.ts';
import { findLoops } from './loops.ts';
import { parsePattern } from './parse-pattern.ts';
import { buildAutomaton, type PatternAutomaton } from './pattern-automaton.ts';
import { UnjudgedPatternError } from './pattern-node.ts';
import { newStepBudget, type StepBudget } from './step-budget.ts';

const maxLength = 2000;
const maxAtoms = 2000;

/**
 * Tells why a pattern of a schema may not be used, or undefined when it may: it must compile with the `u` flag, be at
 * most 2,000 characters, and must not be able to take a time that doubles with every character of the value. That is
 * so exactly when some loop can read the same text in two ways (Weideman et al., "Analyzing Matching Time Behavior of
 * Backtracking Regular Expression Matchers by Using Ambiguity of NFA", CIAA 2016). A bounded repeat counts as a loop
 * unless each turn has the same length. Patterns whose time grows only as a power of the length are let through. Throws
 * `StepBudgetError` when judging takes more than the budget has left.
 */
export function checkPattern(pattern: string, budget: StepBudget = newStepBudget()): string | undefined {
  if (pattern.length > maxLength) return `must be at most ${maxLength} characters, not ${pattern.length}`;
  try {
    new RegExp(pattern, 'u');
    const { root, lookArounds } = parsePattern(pattern);
    for (const node of [root, ...lookArounds]) {
      const automaton = buildAutomaton(node, { maxAtoms, budget });
      if (automaton === undefined) return 'is too long to be judged once its counts are written out';
      if (isAmbiguous(automaton, { pattern, budget })) {
        return 'could take a time that doubles with every character: a repeat can read the same text in two ways';
      }
    }
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return `must be a regular expression with the u flag: ${error.message}`;
    if (error instanceof UnjudgedPatternError) return error.message;
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
