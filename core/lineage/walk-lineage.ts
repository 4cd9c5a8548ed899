import type { Clock } from '../ports/clock.ts';
import { inParallel } from '../std/in-parallel.ts';
import { type Direction, edgesOf, type Lineage, type LineageNode, targetOf } from './lineage.ts';
import { type NewerNodesDeps, newerNodes } from './newer-nodes.ts';
import { readNodes } from './read-nodes.ts';
import { admit, isOver, maxNodes, newWalk, type Walk } from './walk.ts';

export interface WalkDeps extends NewerNodesDeps {
  readonly clock: Pick<Clock, 'now'>;
}

export interface WalkInput {
  /** Each direction is followed on its own: what else came from an older node is not reached. */
  readonly directions: readonly Direction[];
  /** Maximum number of edges from the root to a node. */
  readonly depth: number;
}

const parallel = 10;

/**
 * Reads the lineage of a node breadth-first, so that the nearest nodes are found first: at most 1,000 nodes with 10,000 edges, from
 * ten nodes at a time, for at most five seconds.
 */
export async function walkLineage(
  deps: WalkDeps,
  root: LineageNode,
  { directions, depth }: WalkInput,
): Promise<Lineage> {
  const walk = newWalk(deps.clock, root);
  const paths = directions.map((direction) => ({ direction, seen: new Set([root.id]), frontier: [root] }));
  for (let level = 0; level < depth; level += 1) {
    for (const path of paths) {
      path.frontier = await nextLevel(deps, walk, path);
      for (const { id } of path.frontier) path.seen.add(id);
    }
  }
  const nodes = [...walk.nodes.values()];
  return { root, nodes, edges: edgesBetween(nodes), truncated: walk.truncated };
}

/** All relations between these nodes. */
export function edgesBetween(nodes: readonly LineageNode[]): Lineage['edges'] {
  const ids = new Set(nodes.map(({ id }) => id));
  return nodes.flatMap((node) => edgesOf(node).filter(({ to }) => ids.has(to)));
}

interface Path {
  readonly direction: Direction;
  readonly seen: ReadonlySet<string>;
  readonly frontier: readonly LineageNode[];
}

/** Adds the neighbours of the frontier to the walk, and returns those that this path had not reached. */
async function nextLevel(
  deps: WalkDeps,
  walk: Walk,
  { direction, seen, frontier }: Path,
): Promise<LineageNode[]> {
  const next = new Map<string, LineageNode>();
  for (let start = 0; start < frontier.length && !isOver(walk); start += parallel) {
    const group = frontier.slice(start, start + parallel);
    const found = await (direction === 'up' ? ascend(deps, walk, group) : descend(deps, walk, group));
    for (const node of found) if (!seen.has(node.id) && admit(walk, node)) next.set(node.id, node);
  }
  return [...next.values()];
}

/** The older nodes of a group; known ones are not read again. */
async function ascend(
  deps: WalkDeps,
  walk: Walk,
  group: readonly LineageNode[],
): Promise<readonly LineageNode[]> {
  const targets = new Map(group.flatMap(edgesOf).map((edge) => [edge.to, targetOf(edge)]));
  const known = [...targets.keys()].flatMap((id) => walk.nodes.get(id) ?? []);
  const unknown = [...targets.values()].filter(({ id }) => !walk.nodes.has(id));
  // One more than there is room for shows that the walk is truncated.
  const worthReading = unknown.slice(0, maxNodes + 1 - walk.nodes.size);
  return [...known, ...(await readNodes(deps, walk.tenant, worthReading))];
}

/** The newer nodes of a group, and no more pages of them than there is room for. */
async function descend(
  deps: WalkDeps,
  walk: Walk,
  group: readonly LineageNode[],
): Promise<readonly LineageNode[]> {
  const unknown = new Set<string>();
  const found = await inParallel(group, parallel, async (node) => {
    const newer: LineageNode[] = [];
    for await (const page of newerNodes(deps, node)) {
      newer.push(...page);
      for (const { id } of page) if (!walk.nodes.has(id)) unknown.add(id);
      if (walk.nodes.size + unknown.size > maxNodes || isOver(walk)) break;
    }
    return newer;
  });
  return found.flat();
}
