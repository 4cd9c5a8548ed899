import type { PatternAutomaton } from './pattern-automaton.ts';
import { UncheckablePatternError } from './pattern-node.ts';
import { type StepBudget, spend } from './step-budget.ts';

type Overlap = (left: number, right: number) => boolean;
type Edges = readonly (readonly [next: number, ways: number])[];
interface PairSearch {
  readonly rows: ReadonlyMap<number, Edges>;
  readonly overlap: Overlap;
  /** Larger than any state, so that a pair of states can be encoded as one number. */
  readonly base: number;
  readonly budget: StepBudget;
  choicesLeft: number;
}

/** Per loop; enough for any hand-written pattern. */
const maxChoices = 1_000_000;
/** The cost of examining one pair of choices, in steps. */
const stepsOfChoice = 10;

/** A strongly connected set of states of an automaton. */
export interface Loop {
  readonly automaton: PatternAutomaton;
  readonly loop: ReadonlySet<number>;
  readonly overlap: Overlap;
}

/**
 * Returns whether a loop can match one text in two ways. Inside a loop every state reaches every other, so
 * this is true if and only if a pair of different states can be reached from a pair of equal states and can
 * reach such a pair again. Throws `UncheckablePatternError` and `StepBudgetError`.
 */
export function loopIsAmbiguous({ automaton, loop, overlap }: Loop, budget: StepBudget): boolean {
  const rows = new Map([...loop].map((state) => [state, edgesInside(automaton, state, loop)] as const));
  if ([...rows.values()].some((edges) => edges.some(([, ways]) => ways > 1))) return true;
  const search: PairSearch = {
    ...{ rows, overlap, budget },
    base: automaton.atoms.length,
    choicesLeft: maxChoices,
  };
  const equalPairs = [...loop].map((state) => state * search.base + state);
  const before = new Map<number, number[]>();
  reach(equalPairs, (pair) => {
    const following = pairsAfter(search, pair);
    for (const next of following) {
      const known = before.get(next);
      if (known === undefined) before.set(next, [pair]);
      else known.push(pair);
    }
    return following;
  });
  const leadingBack = reach(equalPairs, (pair) => before.get(pair) ?? []);
  return [...leadingBack].some((pair) => Math.floor(pair / search.base) !== pair % search.base);
}

function edgesInside(automaton: PatternAutomaton, state: number, loop: ReadonlySet<number>): Edges {
  return [...(automaton.edges[state] ?? [])].filter(([next]) => loop.has(next));
}

/**
 * Returns the pairs that two states reach by reading the same character. The order within a pair has no
 * meaning.
 */
function pairsAfter(search: PairSearch, pair: number): readonly number[] {
  const left = search.rows.get(Math.floor(pair / search.base)) ?? [];
  const right = search.rows.get(pair % search.base) ?? [];
  search.choicesLeft -= left.length * right.length;
  spend(search.budget, left.length * right.length * stepsOfChoice);
  if (search.choicesLeft < 0)
    throw new UncheckablePatternError('has too many choices inside a repeat to be checked');
  return left.flatMap(([first]) =>
    right
      .filter(([second]) => search.overlap(first, second))
      .map(([second]) => Math.min(first, second) * search.base + Math.max(first, second)),
  );
}

function reach(start: readonly number[], after: (pair: number) => readonly number[]): ReadonlySet<number> {
  const reached = new Set(start);
  // Iteration over a set includes members that are added during the iteration.
  for (const pair of reached) for (const next of after(pair)) reached.add(next);
  return reached;
}
