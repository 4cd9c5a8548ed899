import type { Clock } from '../ports/clock.ts';
import { inParallel } from '../std/in-parallel.ts';
import { type Direction, edgesOf, type Lineage, type LineageNode, targetOf } from './lineage.ts';
import { type NewerNodesDeps, newerNodes } from './newer-nodes.ts';
import { readNodes } from './read-nodes.ts';

export interface WalkDeps extends NewerNodesDeps {
  readonly clock: Clock;
}

export interface WalkInput {
  /** Each direction is followed on its own: what else came from an older node is not reached. */
  readonly directions: readonly Direction[];
  /** Maximum number of edges from the root to a node. */
  readonly depth: number;
}

/** Maximum number of nodes of a lineage. */
export const maxNodes = 1000;

/** The time for reading, after which the lineage is returned as far as it is known. */
const budgetMs = 5000;

const parallel = 10;

/** The state of a walk. It is truncated once a node was left out. */
interface Walk {
  readonly tenant: string;
  readonly nodes: Map<string, LineageNode>;
  readonly budgetEndsAt: number;
  truncated: boolean;
}

/**
 * Reads the lineage of a node breadth-first, so that the nearest nodes are found first: at most 1,000 nodes, ten reads at a time,
 * for at most five seconds.
 */
export async function walkLineage(
  deps: WalkDeps,
  root: LineageNode,
  { directions, depth }: WalkInput,
): Promise<Lineage> {
  const walk: Walk = {
    tenant: root.kind === 'job' ? root.job.tenant : root.data.tenant,
    nodes: new Map([[root.id, root]]),
    budgetEndsAt: deps.clock.now() + budgetMs,
    truncated: false,
  };
  const paths = directions.map((direction) => ({ direction, seen: new Set([root.id]), frontier: [root] }));
  for (let level = 0; level < depth; level += 1) {
    for (const path of paths) {
      if (walk.truncated) break;
      const found = await expand(deps, walk, path);
      path.frontier = found.filter(({ id }) => !path.seen.has(id));
      for (const { id } of path.frontier) path.seen.add(id);
    }
  }
  return {
    root,
    nodes: [...walk.nodes.values()],
    edges: edgesBetween(walk.nodes),
    truncated: walk.truncated,
  };
}

interface Path {
  readonly direction: Direction;
  readonly seen: ReadonlySet<string>;
  readonly frontier: readonly LineageNode[];
}

/** Adds the neighbours of the frontier to the walk, and returns them without duplicates. */
async function expand(
  deps: WalkDeps,
  walk: Walk,
  { direction, seen, frontier }: Path,
): Promise<LineageNode[]> {
  const next = new Map<string, LineageNode>();
  for (let start = 0; start < frontier.length; start += parallel) {
    if (walk.truncated || isOver(deps, walk)) break;
    const group = frontier.slice(start, start + parallel);
    const found = direction === 'up' ? await olderNodes(deps, walk, group) : await descend(deps, walk, group);
    for (const node of found) {
      if (seen.has(node.id)) continue;
      if (walk.nodes.size >= maxNodes && !walk.nodes.has(node.id)) {
        walk.truncated = true;
        continue;
      }
      if (!walk.nodes.has(node.id)) walk.nodes.set(node.id, node);
      next.set(node.id, node);
    }
  }
  return [...next.values()];
}

/** The targets of the edges of these nodes; known ones are not read again. */
async function olderNodes(
  deps: WalkDeps,
  walk: Walk,
  group: readonly LineageNode[],
): Promise<readonly LineageNode[]> {
  const targets = new Map(group.flatMap(edgesOf).map((edge) => [edge.to, targetOf(edge)]));
  const known = [...targets.keys()].flatMap((id) => walk.nodes.get(id) ?? []);
  const unknown = [...targets.values()].filter(({ id }) => !walk.nodes.has(id));
  const room = maxNodes - walk.nodes.size;
  if (unknown.length > room) walk.truncated = true;
  return [...known, ...(await readNodes(deps, walk.tenant, unknown.slice(0, room)))];
}

async function descend(
  deps: WalkDeps,
  walk: Walk,
  group: readonly LineageNode[],
): Promise<readonly LineageNode[]> {
  const found = await inParallel(group, parallel, async (node) => {
    const newer = new Map<string, LineageNode>();
    let unknown = 0;
    for await (const page of newerNodes(deps, node)) {
      for (const found of page) {
        if (!newer.has(found.id) && !walk.nodes.has(found.id)) unknown += 1;
        newer.set(found.id, found);
      }
      if (walk.nodes.size + unknown > maxNodes || isOver(deps, walk)) break;
    }
    return [...newer.values()];
  });
  return found.flat();
}

function isOver({ clock }: WalkDeps, walk: Walk): boolean {
  if (clock.now() < walk.budgetEndsAt) return false;
  walk.truncated = true;
  return true;
}

function edgesBetween(nodes: ReadonlyMap<string, LineageNode>) {
  return [...nodes.values()].flatMap((node) => edgesOf(node).filter(({ to }) => nodes.has(to)));
}
