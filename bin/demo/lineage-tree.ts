import type { LineageGraph } from '../../core/contract/schemas/lineage-schemas.ts';
import { screenWidth, shorten } from '../terminal/layout.ts';

type Node = LineageGraph['nodes'][number];
type Edge = LineageGraph['edges'][number];
type Direction = 'older' | 'newer';

/** What a node is for the node above it in the tree. */
const words: Readonly<Record<Direction, Readonly<Record<Edge['relation'], string>>>> = {
  older: {
    used: 'used',
    generated: 'written by',
    subJobOf: 'sub-job of',
    dependsOn: 'depends on',
    rerunOf: 'rerun of',
    reusedFrom: 'has the result of',
  },
  newer: {
    used: 'used by',
    generated: 'wrote',
    subJobOf: 'has the sub-job',
    dependsOn: 'has the dependent',
    rerunOf: 'was rerun as',
    reusedFrom: 'gave its result to',
  },
};

interface Branch {
  readonly node: Node;
  readonly edge: Edge;
  readonly direction: Direction;
}

/** Renders a lineage as a tree for a terminal, in lines of at most 80 columns without styles, the requested node first. */
export function lineageTree(lineage: LineageGraph): string {
  const nodes = new Map(lineage.nodes.map((node) => [node.id, node]));
  const root = nodes.get(lineage.root);
  if (root === undefined) throw new Error(`The lineage lacks its root ${lineage.root}`);
  const expanded = { older: new Set([root.id]), newer: new Set([root.id]) };
  const lines = [describeNode(root)];

  function branchesOf({ id }: Node, direction: Direction): readonly Branch[] {
    const [here, there] = direction === 'older' ? (['from', 'to'] as const) : (['to', 'from'] as const);
    return lineage.edges.flatMap((edge) => {
      const node = edge[here] === id ? nodes.get(edge[there]) : undefined;
      return node === undefined ? [] : [{ node, edge, direction }];
    });
  }

  function print(branches: readonly Branch[], indent: string): void {
    for (const [index, { node, edge, direction }] of branches.entries()) {
      const isLast = index === branches.length - 1;
      const next = branchesOf(node, direction);
      const isRepeated = expanded[direction].has(node.id) && next.length > 0;
      const text = `${words[direction][edge.relation]} ${describeNode(node, edge)}`;
      lines.push(`${indent}${isLast ? '└─' : '├─'} ${text}${isRepeated ? ' (see above)' : ''}`);
      if (isRepeated) continue;
      expanded[direction].add(node.id);
      print(next, `${indent}${isLast ? '   ' : '│  '}`);
    }
  }

  print([...branchesOf(root, 'older'), ...branchesOf(root, 'newer')], '');
  if (lineage.truncated) lines.push('… and more, which the lineage does not contain');
  return lines.map((line) => shorten(line, screenWidth)).join('\n');
}

function describeNode(node: Node, edge?: Edge): string {
  const { service, status, deleted } = node;
  const isUsual = status === 'available';
  const details = [
    ...(service === undefined ? [] : [`${service.name} ${service.version}`]),
    ...(deleted === true ? ['deleted'] : status === undefined || isUsual ? [] : [status]),
    ...(edge?.slot === undefined ? [] : [`slot ${edge.slot}`]),
    ...(edge?.attempt === undefined || edge.attempt === 1 ? [] : [`attempt ${edge.attempt}`]),
  ];
  return `${printable(node.name)}${details.length === 0 ? '' : `  (${details.join(', ')})`}`;
}

/** A name may contain any character; control characters would change the terminal. */
function printable(name: string): string {
  return shorten(name.replaceAll(/\p{C}/gu, '\u{fffd}'), screenWidth / 2);
}
