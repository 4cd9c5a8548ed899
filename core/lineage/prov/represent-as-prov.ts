import type { Lineage, LineageEdge } from '../lineage.ts';
import { dataResources } from './data-resources.ts';
import { jobResources } from './job-resources.ts';
import { provContext } from './prov-context.ts';
import type { Resource } from './prov-names.ts';

export interface ProvDocument {
  readonly '@context': Resource;
  readonly '@graph': readonly Resource[];
}

/** A lineage in W3C PROV as JSON-LD; `baseUrl` without a trailing slash. Each resource is described once. */
export function representAsProv({ nodes, edges }: Lineage, baseUrl: string): ProvDocument {
  const informants = informantsOf(edges);
  const resources = nodes.flatMap((node) =>
    node.kind === 'job'
      ? jobResources(node, informants.get(node.id) ?? [], baseUrl)
      : dataResources(node, baseUrl),
  );
  const byId = new Map(resources.map((resource) => [resource['id'], resource]));
  return { '@context': { ...provContext }, '@graph': [...byId.values()] };
}

/** For each job, the jobs whose outputs or result it used: an activity is informed by another if it used what that one generated. */
function informantsOf(edges: readonly LineageEdge[]): ReadonlyMap<string, readonly string[]> {
  const writers = new Map(
    edges.flatMap(({ from, to, relation }) => (relation === 'generated' ? [[from, to]] : [])),
  );
  const pairs = edges.flatMap(({ from, to, relation }) => {
    const informant = relation === 'used' ? writers.get(to) : relation === 'reusedFrom' ? to : undefined;
    return informant === undefined ? [] : [{ from, informant }];
  });
  const byJob = Map.groupBy(pairs, ({ from }) => from);
  return new Map(
    [...byJob].map(([job, found]) => [job, [...new Set(found.map(({ informant }) => informant))]]),
  );
}
