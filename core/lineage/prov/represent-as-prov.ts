import type { Lineage, LineageEdge } from '../lineage.ts';
import { dataResources } from './data-resources.ts';
import { jobResources } from './job-resources.ts';
import { provContext } from './prov-context.ts';
import type { Resource } from './prov-names.ts';

export interface ProvDocument {
  readonly '@context': Resource;
  readonly '@graph': readonly Resource[];
}

/**
 * A lineage in W3C PROV as JSON-LD; `baseUrl` without a trailing slash. Each resource is described once, the root first; it shows
 * whether the lineage is truncated.
 */
export function representAsProv({ nodes, edges, truncated }: Lineage, baseUrl: string): ProvDocument {
  const writers = writersOf(edges);
  const resources = nodes.flatMap((node) =>
    node.kind === 'job'
      ? jobResources(node, writers.get(node.id) ?? [], baseUrl)
      : dataResources(node, baseUrl),
  );
  const [root, ...others] = [...new Map(resources.map((resource) => [resource['id'], resource])).values()];
  const graph = [{ ...root, ...(truncated ? { truncated } : {}) }, ...others];
  return { '@context': { ...provContext }, '@graph': graph };
}

/** For each job, the jobs that wrote the data objects that it used. */
function writersOf(edges: readonly LineageEdge[]): ReadonlyMap<string, readonly string[]> {
  const writers = new Map(
    edges.filter(({ relation }) => relation === 'generated').map(({ from, to }) => [from, to]),
  );
  const users = Map.groupBy(
    edges.filter(({ relation }) => relation === 'used'),
    ({ from }) => from,
  );
  return new Map([...users].map(([job, uses]) => [job, uses.flatMap(({ to }) => writers.get(to) ?? [])]));
}
