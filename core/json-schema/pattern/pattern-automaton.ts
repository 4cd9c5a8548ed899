import type { PatternNode } from './pattern-node.ts';
import { type StepBudget, spend } from './step-budget.ts';

/**
 * The positions of a pattern (Glushkov's construction): each atom is a state, entered by reading one of its
 * characters. The value of an edge is the number of ways in which one atom can directly follow another, up to
 * 2.
 */
export interface PatternAutomaton {
  readonly atoms: readonly string[];
  readonly edges: readonly ReadonlyMap<number, number>[];
}

interface Part {
  readonly first: readonly number[];
  readonly last: readonly number[];
  /** The number of ways in which it matches the empty string, up to 2. */
  readonly emptyWays: number;
  /** The number of characters that it always matches; undefined when it varies. */
  readonly fixedLength: number | undefined;
}

interface Builder {
  readonly atoms: string[];
  readonly edges: Map<number, number>[];
  readonly maxAtoms: number;
  readonly budget: StepBudget;
}

/**
 * Any higher fixed count of equal parts behaves like this many copies: the count itself adds no ambiguity.
 */
const copiesOfFixedPart = 3;
const nothing: Part = { first: [], last: [], emptyWays: 1, fixedLength: 0 };

/** The cost of recording one edge, in steps. */
const stepsOfEdge = 25;

/**
 * Builds the automaton of a pattern; undefined when the pattern has more than `maxAtoms` positions. Throws
 * `StepBudgetError`.
 */
export function buildAutomaton(
  node: PatternNode,
  bounds: Pick<Builder, 'maxAtoms' | 'budget'>,
): PatternAutomaton | undefined {
  const builder: Builder = { atoms: [], edges: [], ...bounds };
  build(builder, node);
  return builder.atoms.length > bounds.maxAtoms ? undefined : builder;
}

function build(builder: Builder, node: PatternNode): Part {
  if (builder.atoms.length > builder.maxAtoms) return nothing;
  switch (node.kind) {
    case 'empty':
      return nothing;
    case 'atom':
      return addAtom(builder, node.source);
    case 'sequence':
      return node.parts
        .map((part) => build(builder, part))
        .reduce((left, right) => join(builder, left, right), nothing);
    case 'choice':
      return node.branches
        .map((branch) => build(builder, branch))
        .reduce((left, right) => either(builder, left, right));
    case 'repeat':
      return repeat(builder, node);
  }
}

function addAtom(builder: Builder, source: string): Part {
  const position = builder.atoms.push(source) - 1;
  builder.edges.push(new Map());
  return { first: [position], last: [position], emptyWays: 0, fixedLength: 1 };
}

function join(builder: Builder, left: Part, right: Part): Part {
  spendOnCopy(builder, left, right);
  connect(builder, left.last, right.first);
  return {
    first: atMostTwice([...left.first, ...times(left.emptyWays, right.first)]),
    last: atMostTwice([...times(right.emptyWays, left.last), ...right.last]),
    emptyWays: Math.min(2, left.emptyWays * right.emptyWays),
    fixedLength: sum(left.fixedLength, right.fixedLength),
  };
}

function either(builder: Builder, left: Part, right: Part): Part {
  spendOnCopy(builder, left, right);
  return {
    first: [...left.first, ...right.first],
    last: [...left.last, ...right.last],
    emptyWays: Math.min(2, left.emptyWays + right.emptyWays),
    fixedLength: left.fixedLength === right.fixedLength ? left.fixedLength : undefined,
  };
}

function repeat(builder: Builder, node: Extract<PatternNode, { kind: 'repeat' }>): Part {
  if (node.max === 0) return nothing;
  const body = build(builder, node.body);
  if (node.max === 1) return node.min === 1 ? body : optional(body);
  if (node.min === node.max && body.fixedLength !== undefined && body.fixedLength > 0) {
    return copies(builder, node, body);
  }
  connect(builder, body.last, body.first);
  // A mandatory iteration may match the empty string, and which one does is ambiguous.
  if (node.min > 1 && body.emptyWays > 0) connect(builder, body.last, body.first);
  return node.min === 0 ? optional({ ...body, fixedLength: undefined }) : { ...body, fixedLength: undefined };
}

function copies(builder: Builder, node: Extract<PatternNode, { kind: 'repeat' }>, body: Part): Part {
  let whole = body;
  for (let copy = 1; copy < Math.min(node.min, copiesOfFixedPart); copy += 1) {
    whole = join(builder, whole, build(builder, node.body));
  }
  if (node.body.kind !== 'atom') addSeparateLoop(builder, node.body);
  return { ...whole, fixedLength: (body.fixedLength ?? 0) * node.min };
}

/** Every copy of an ambiguous part multiplies the number of ways, as in a loop. */
function addSeparateLoop(builder: Builder, body: PatternNode): void {
  const part = build(builder, body);
  connect(builder, part.last, part.first);
}

function optional(part: Part): Part {
  return { ...part, emptyWays: 1, fixedLength: part.fixedLength === 0 ? 0 : undefined };
}

/** A combined part copies the position lists of its two parts. */
function spendOnCopy({ budget }: Builder, left: Part, right: Part): void {
  spend(budget, left.first.length + left.last.length + right.first.length + right.last.length);
}

function connect(builder: Builder, from: readonly number[], to: readonly number[]): void {
  spend(builder.budget, from.length * to.length * stepsOfEdge);
  for (const source of from) {
    const row = builder.edges[source];
    for (const target of to) row?.set(target, Math.min(2, (row.get(target) ?? 0) + 1));
  }
}

function times(count: number, positions: readonly number[]): readonly number[] {
  return count === 0 ? [] : count === 1 ? positions : [...positions, ...positions];
}

/** Edge values are capped at 2, so further occurrences of a position add nothing. */
function atMostTwice(positions: readonly number[]): readonly number[] {
  const counts = new Map<number, number>();
  return positions.filter((position) => {
    const count = (counts.get(position) ?? 0) + 1;
    counts.set(position, count);
    return count <= 2;
  });
}

function sum(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? undefined : left + right;
}
