import { fitsInResponse } from '../paging/fit-on-page.ts';
import type { Lineage } from './lineage.ts';
import { edgesBetween } from './walk-lineage.ts';

/** Represents a lineage in a body that fits in one response: with long names, without its farthest nodes. */
export function fitLineage<Body>(lineage: Lineage, represent: (lineage: Lineage) => Body): Body {
  let fitting = lineage;
  for (;;) {
    const body = represent(fitting);
    if (fitting.nodes.length === 1 || fitsInResponse(body)) return body;
    const nodes = fitting.nodes.slice(0, Math.ceil(fitting.nodes.length * 0.7));
    fitting = { ...lineage, nodes, edges: edgesBetween(nodes), truncated: true };
  }
}
