import type { PatternAutomaton } from './pattern-automaton.ts';
import { UnjudgedPatternError } from './pattern-node.ts';
import { type StepBudget, spend } from './step-budget.ts';

type Overlap = (left: number, right: number) => boolean;
type Edges = readonly (readonly [next: number, ways: number])[];
interface PairSearch {
  readonly rows: ReadonlyMap<number, Edges>;
  readonly overlap: Overlap;
  /** More than any state, so that two states make one number. */
  readonly base: number;
  readonly budget: StepBudget;
  choicesLeft: number;
}

/** In one loop, which is enough for any that a person wrote. */
const maxChoices = 1_000_000;
/** To look at one pair of choices, in steps. */
const stepsOfChoice = 10;

/** A set of states of an automaton that can be left and come back to. */
export interface Loop {
  readonly automaton: PatternAutomaton;
  readonly loop: ReadonlySet<number>;
  readonly overlap: Overlap;
}

/**
 * Whether one text leads around a loop in two ways. Inside a loop all states reach each other, so it does exactly when
 * a pair of different states can be reached from a pair of equal ones and leads back to one. Throws `UnjudgedPatternError`
 * and `StepBudgetError`.
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

/** The pairs that two states come to by reading the same character; the order in a pair says nothing. */
function pairsAfter(search: PairSearch, pair: number): readonly number[] {
  const left = search.rows.get(Math.floor(pair / search.base)) ?? [];
  const right = search.rows.get(pair % search.base) ?? [];
  search.choicesLeft -= left.length * right.length;
  spend(search.budget, left.length * right.length * stepsOfChoice);
  if (search.choicesLeft < 0)
    throw new UnjudgedPatternError('has too many choices inside a repeat to be judged');
  return left.flatMap(([first]) =>
    right
      .filter(([second]) => search.overlap(first, second))
      .map(([second]) => Math.min(first, second) * search.base + Math.max(first, second)),
  );
}

function reach(start: readonly number[], after: (pair: number) => readonly number[]): ReadonlySet<number> {
  const reached = new Set(start);
  // A set hands out what is added to it during the walk.
  for (const pair of reached) for (const next of after(pair)) reached.add(next);
  return reached;
}
