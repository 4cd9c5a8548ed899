import type { PatternAutomaton } from './pattern-automaton.ts';
import { UnjudgedPatternError } from './pattern-node.ts';

type Overlap = (left: number, right: number) => boolean;
type Edges = readonly (readonly [next: number, ways: number])[];
interface PairSearch {
  readonly rows: ReadonlyMap<number, Edges>;
  readonly overlap: Overlap;
  /** More than any state, so that two states make one number. */
  readonly base: number;
  stepsLeft: number;
}

/** Some tenths of a second's work. */
const maxSteps = 1_000_000;

/**
 * Whether one text leads around a loop in two ways. Inside a loop all states reach each other, so it does exactly when
 * a pair of different states can be reached from a pair of equal ones and leads back to one.
 */
export function loopIsAmbiguous(
  automaton: PatternAutomaton,
  loop: ReadonlySet<number>,
  overlap: Overlap,
): boolean {
  const rows = new Map([...loop].map((state) => [state, edgesInside(automaton, state, loop)] as const));
  if ([...rows.values()].some((edges) => edges.some(([, ways]) => ways > 1))) return true;
  const search: PairSearch = { rows, overlap, base: automaton.atoms.length, stepsLeft: maxSteps };
  const equalPairs = [...loop].map((state) => state * search.base + state);
  const before = new Map<number, number[]>();
  reach(equalPairs, (pair) => {
    const following = pairsAfter(search, pair);
    for (const next of following) before.set(next, [...(before.get(next) ?? []), pair]);
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
  search.stepsLeft -= left.length * right.length;
  if (search.stepsLeft < 0)
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
