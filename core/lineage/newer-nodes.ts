import { linkPages } from '../jobs/relations/link-pages.ts';
import type { DataStore } from '../ports/data/data-store.ts';
import type { JobLinks, LinkKind } from '../ports/job-links.ts';
import { type DataNode, edgesOf, type JobNode, type LineageNode } from './lineage.ts';
import { type ReadNodesDeps, readNodes } from './read-nodes.ts';

export interface NewerNodesDeps extends ReadNodesDeps {
  readonly data: ReadNodesDeps['data'] & Pick<DataStore, 'list'>;
  readonly links: Pick<JobLinks, 'list'>;
}

const pageLimit = 100;

/**
 * The nodes with an edge to this node, page by page. Links only find them: a link may lead to a job that was never created, or to a
 * draft that no longer uses the data object.
 */
export async function* newerNodes(
  deps: NewerNodesDeps,
  node: LineageNode,
): AsyncGenerator<readonly LineageNode[], void> {
  const pages = node.kind === 'job' ? nodesAfterJob(deps, node) : nodesAfterData(deps, node);
  for await (const page of pages)
    yield page.filter((newer) => edgesOf(newer).some(({ to }) => to === node.id));
}

async function* nodesAfterJob(deps: NewerNodesDeps, { job }: JobNode) {
  const { tenant, id } = job;
  if (job.hasOutputs === true) yield* outputsOf(deps, tenant, id);
  const kinds = [
    ...(job.hasChildren === true ? (['child'] as const) : []),
    ...(job.hasDependents === true ? (['dependent'] as const) : []),
    ...(['rerun', 'reuse'] as const),
  ];
  for (const kind of kinds) yield* linkedJobs(deps, { tenant, kind, anchorId: id });
}

function nodesAfterData(deps: NewerNodesDeps, { id, data }: DataNode) {
  return linkedJobs(deps, { tenant: data.tenant, kind: 'use', anchorId: id });
}

async function* linkedJobs(
  deps: NewerNodesDeps,
  end: { readonly tenant: string; readonly kind: LinkKind; readonly anchorId: string },
) {
  for await (const links of linkPages(deps.links, end)) {
    const keys = links.map(({ jobId }) => ({ kind: 'job' as const, id: jobId }));
    yield await readNodes(deps, end.tenant, keys);
  }
}

/** The data objects that a job wrote, in all attempts, the oldest first. */
async function* outputsOf({ data }: NewerNodesDeps, tenant: string, jobId: string) {
  let after: string | undefined;
  do {
    const query = { tenant, jobId, order: 'asc' as const, limit: pageLimit };
    const page = await data.list(after === undefined ? query : { ...query, after });
    yield page.data.map((output) => ({ kind: 'data' as const, id: output.id, data: output }));
    after = page.next;
  } while (after !== undefined);
}
