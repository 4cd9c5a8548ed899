import { describe, expect, test } from 'vitest';
import { lineageTree } from '../../../bin/demo/lineage-tree.ts';
import type { LineageGraph } from '../../../core/contract/schemas/lineage-schemas.ts';

type Node = LineageGraph['nodes'][number];

const createdAt = '2026-11-30T12:00:00.000Z';
const data = (id: string, given: Partial<Node> = {}): Node => ({
  ...{ id, kind: 'data', name: id, status: 'available', createdAt },
  ...given,
});
const job = (id: string, given: Partial<Node> = {}): Node => ({
  ...{ id, kind: 'job', name: id, status: 'succeeded', createdAt },
  service: { name: 'csv-profile', version: '2.0.0' },
  ...given,
});

const graph: LineageGraph = {
  root: 'profile-it',
  nodes: [
    job('profile-it'),
    data('weather.csv'),
    data('profile.json'),
    data('histograms.svg'),
    job('clean', { service: { name: 'cleaner', version: '1.2.0' }, deleted: true }),
    data('raw.csv'),
    job('publish', { status: 'executing', service: { name: 'publisher', version: '1.0.0' } }),
  ],
  edges: [
    { from: 'profile-it', to: 'weather.csv', relation: 'used', slot: 'table' },
    { from: 'weather.csv', to: 'clean', relation: 'generated', slot: 'out', attempt: 2 },
    { from: 'clean', to: 'raw.csv', relation: 'used', slot: 'in' },
    { from: 'profile.json', to: 'profile-it', relation: 'generated', slot: 'profile', attempt: 1 },
    { from: 'histograms.svg', to: 'profile-it', relation: 'generated', slot: 'histograms', attempt: 1 },
    { from: 'publish', to: 'profile.json', relation: 'used', slot: 'files' },
    { from: 'publish', to: 'histograms.svg', relation: 'used', slot: 'files' },
  ],
  truncated: false,
};

describe('a lineage', () => {
  test('is a tree of what its root comes from, and of what comes from it', () => {
    expect(lineageTree(graph)).toBe(
      [
        'profile-it  (csv-profile 2.0.0, succeeded)',
        '├─ used weather.csv  (slot table)',
        '│  └─ written by clean  (cleaner 1.2.0, deleted, slot out, attempt 2)',
        '│     └─ used raw.csv  (slot in)',
        '├─ wrote profile.json  (slot profile)',
        '│  └─ used by publish  (publisher 1.0.0, executing, slot files)',
        '└─ wrote histograms.svg  (slot histograms)',
        '   └─ used by publish  (publisher 1.0.0, executing, slot files)',
      ].join('\n'),
    );
  });

  test('shows below a node that it reaches twice only once what follows', () => {
    const nodes = [...graph.nodes, data('page.html')];
    const edges = [
      ...graph.edges,
      { from: 'page.html', to: 'publish', relation: 'generated' as const, slot: 'page', attempt: 1 },
    ];
    const lines = lineageTree({ ...graph, nodes, edges }).split('\n');
    expect(lines.slice(5)).toEqual([
      '│  └─ used by publish  (publisher 1.0.0, executing, slot files)',
      '│     └─ wrote page.html  (slot page)',
      '└─ wrote histograms.svg  (slot histograms)',
      '   └─ used by publish  (publisher 1.0.0, executing, slot files) (see above)',
    ]);
  });

  test('shows relations between jobs in both directions', () => {
    const relations = ['subJobOf', 'dependsOn', 'rerunOf', 'reusedFrom'] as const;
    const others = [...relations.map((one) => `${one}-older`), ...relations.map((one) => `${one}-newer`)];
    const lines = lineageTree({
      root: 'root',
      nodes: [job('root'), ...others.map((id) => job(id))],
      edges: relations.flatMap((relation) => [
        { from: 'root', to: `${relation}-older`, relation },
        { from: `${relation}-newer`, to: 'root', relation },
      ]),
      truncated: true,
    }).split('\n');
    expect(lines.map((line) => line.replace('  (csv-profile 2.0.0, succeeded)', ''))).toEqual([
      'root',
      '├─ sub-job of subJobOf-older',
      '├─ depends on dependsOn-older',
      '├─ rerun of rerunOf-older',
      '├─ has the result of reusedFrom-older',
      '├─ has the sub-job subJobOf-newer',
      '├─ has the dependent dependsOn-newer',
      '├─ was rerun as rerunOf-newer',
      '└─ gave its result to reusedFrom-newer',
      '… and more, which the lineage does not contain',
    ]);
  });

  test('ends although its records form a loop', () => {
    const edges = [
      { from: 'one', to: 'two', relation: 'subJobOf' as const },
      { from: 'two', to: 'one', relation: 'dependsOn' as const },
    ];
    const lines = lineageTree({ root: 'one', nodes: [job('one'), job('two')], edges, truncated: false });
    expect(lines.split('\n')).toHaveLength(5);
  });

  test('has lines of at most 80 columns without control characters, whatever its names contain', () => {
    const name = `\u001b[31mred\n${'long '.repeat(50)}`;
    const nodes = graph.nodes.map((node) => ({ ...node, name }));
    const lines = lineageTree({ ...graph, nodes }).split('\n');
    expect(lines).toHaveLength(8);
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(80);
      expect(line).not.toMatch(/\p{Cc}/u);
    }
    expect(lines[0]).toMatch(/^\ufffd\[31mred\ufffdlong long .*… {2}\(csv-profile 2\.0\.0, succeeded\)$/u);
  });
});
