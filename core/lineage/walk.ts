import type { Clock } from '../ports/clock.ts';
import { edgesOf, type LineageNode } from './lineage.ts';

/** Maximum number of nodes of a lineage. */
export const maxNodes = 1000;

/** Maximum number of relations to older nodes that all nodes of a lineage have. */
export const maxEdges = 10_000;

/** The time for reading, after which the lineage is returned as far as it is known. */
const budgetMs = 5000;

/** The state of one search for the lineage of a node. */
export interface Walk {
  readonly tenant: string;
  /** In the order in which they were found. */
  readonly nodes: Map<string, LineageNode>;
  readonly clock: Pick<Clock, 'now'>;
  readonly budgetEndsAt: number;
  edgeCount: number;
  /** True once a node was left out, or there was no time to search for more. */
  truncated: boolean;
}

/** A walk that has found its root only. */
export function newWalk(clock: Pick<Clock, 'now'>, root: LineageNode): Walk {
  return {
    tenant: root.kind === 'job' ? root.job.tenant : root.data.tenant,
    nodes: new Map([[root.id, root]]),
    clock,
    budgetEndsAt: clock.now() + budgetMs,
    edgeCount: edgesOf(root).length,
    truncated: false,
  };
}

/** Adds a node unless it is known; returns whether it is known then. Without room for it, the walk is truncated. */
export function admit(walk: Walk, node: LineageNode): boolean {
  if (walk.nodes.has(node.id)) return true;
  const edgeCount = walk.edgeCount + edgesOf(node).length;
  if (walk.nodes.size >= maxNodes || edgeCount > maxEdges) {
    walk.truncated = true;
    return false;
  }
  walk.nodes.set(node.id, node);
  walk.edgeCount = edgeCount;
  return true;
}

/** Whether nothing more is to be read; truncates the walk if its time is over. */
export function isOver(walk: Walk): boolean {
  if (walk.clock.now() >= walk.budgetEndsAt) walk.truncated = true;
  return walk.truncated;
}
