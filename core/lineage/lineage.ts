import type { DataObject } from '../data/model/data-object.ts';
import type { InputIds, Job } from '../jobs/model/job.ts';

/** The key of a node within a tenant. */
export interface NodeKey {
  readonly kind: 'job' | 'data';
  readonly id: string;
}

/** A job with the data objects that it uses; its last version if it was deleted. */
export interface JobNode {
  readonly kind: 'job';
  readonly id: string;
  readonly job: Job;
  readonly inputIds: InputIds;
  /** Epoch milliseconds. */
  readonly deletedAt?: number;
}

/** A data object; its last version if it was deleted. */
export interface DataNode {
  readonly kind: 'data';
  readonly id: string;
  readonly data: DataObject;
  /** Epoch milliseconds. */
  readonly deletedAt?: number;
}

export type LineageNode = JobNode | DataNode;

/** What relates two nodes. */
export type Relation = 'used' | 'generated' | 'subJobOf' | 'rerunOf' | 'dependsOn' | 'reusedFrom';

/** A relation of a node to an older one, as the record of the newer node states it. */
export interface LineageEdge {
  /** ID of the newer node, of which the relation is a property. */
  readonly from: string;
  readonly to: string;
  readonly relation: Relation;
  /** Only of `used` and `generated`. */
  readonly slot?: string;
  /** Only of `generated`: the number of the attempt. */
  readonly attempt?: number;
}

/** A part of the lineage of a tenant's jobs and data objects. */
export interface Lineage {
  readonly root: LineageNode;
  /** The root first, then by distance from it. */
  readonly nodes: readonly LineageNode[];
  /** All relations between these nodes. */
  readonly edges: readonly LineageEdge[];
  /** True if there are more nodes within the depth, or if there was no time to search for them. */
  readonly truncated: boolean;
}

/** `up`: what the node comes from; `down`: what comes from the node. */
export type Direction = 'up' | 'down';

/** The relations of a node to older ones. */
export function edgesOf(node: LineageNode): readonly LineageEdge[] {
  return node.kind === 'job' ? edgesOfJob(node) : edgesOfData(node.data);
}

function edgesOfData({ id, origin }: DataObject): readonly LineageEdge[] {
  if (origin.kind === 'upload') return [];
  const { jobId, attempt, slot } = origin;
  return [{ from: id, to: jobId, relation: 'generated', slot, attempt }];
}

function edgesOfJob({ job, inputIds }: JobNode): readonly LineageEdge[] {
  const used = Object.entries(inputIds).flatMap(([slot, ids]) =>
    [...new Set(ids)].map((to) => ({ from: job.id, to, relation: 'used' as const, slot })),
  );
  const toJob = (relation: Relation, ids: ReadonlyArray<string | undefined>) =>
    ids.flatMap((to) => (to === undefined ? [] : [{ from: job.id, to, relation }]));
  return [
    ...used,
    ...toJob('subJobOf', [job.parentId]),
    ...toJob('dependsOn', job.dependsOn ?? []),
    ...toJob('rerunOf', [job.rerunOf]),
    ...toJob('reusedFrom', [job.reusedFrom]),
  ];
}

/** The key of the older node of an edge. */
export function targetOf({ relation, to }: LineageEdge): NodeKey {
  return { kind: relation === 'used' ? 'data' : 'job', id: to };
}
