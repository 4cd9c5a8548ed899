import type { LineageGraph } from '../contract/schemas/lineage-schemas.ts';
import { formatTime } from '../jobs/queries/represent-job.ts';
import { timeInId } from '../std/id-time.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import type { Lineage, LineageNode } from './lineage.ts';

/** A lineage as the API returns it. */
export function representLineage({ root, nodes, edges, truncated }: Lineage): LineageGraph {
  return {
    root: root.id,
    nodes: nodes.map(representNode),
    edges: edges.map((edge) => ({ ...edge })),
    truncated,
  };
}

function representNode(node: LineageNode): LineageGraph['nodes'][number] {
  const { kind, id } = node;
  const { name, status } = node.kind === 'job' ? node.job : node.data;
  return {
    id,
    kind,
    name,
    status,
    ...(node.kind === 'job' ? omitUndefined({ service: node.job.service }) : {}),
    createdAt: formatTime(node.kind === 'job' ? node.job.requestedAt : timeInId(id)),
    ...(node.deletedAt === undefined ? {} : { deleted: true }),
  };
}
