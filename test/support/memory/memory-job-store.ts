import { parseJobId } from '../../../core/contract/names.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { Tombstone } from '../../../core/jobs/model/tombstone.ts';
import type {
  JobKey,
  JobListQuery,
  JobPage,
  JobStore,
  MetadataCondition,
} from '../../../core/ports/job-store.ts';

/** The in-memory job store: exact lists, no cost. */
export function memoryJobStore(): JobStore {
  const jobs = new Map<string, Job>();
  const tombstones = new Map<string, Tombstone>();
  return {
    async insert(job) {
      if (jobs.has(keyOf(job)) || tombstones.has(keyOf(job))) return 'exists';
      jobs.set(keyOf(job), structuredClone(job));
      return 'inserted';
    },
    async get({ tenant, jobId }) {
      return structuredClone(jobs.get(keyOf({ tenant, id: jobId })));
    },
    getMany: async (tenant, ids) =>
      structuredClone(ids.flatMap((id) => jobs.get(keyOf({ tenant, id })) ?? [])),
    getRecords: async (tenant, ids) =>
      structuredClone(
        ids.flatMap<Job | Tombstone>((id) => {
          const key = keyOf({ tenant, id });
          return jobs.get(key) ?? tombstones.get(key) ?? [];
        }),
      ),
    async replaceWithTombstone(tombstone, expectedVersion) {
      const key = keyOf(tombstone.job);
      if (jobs.get(key)?.version !== expectedVersion) return 'conflict';
      jobs.delete(key);
      tombstones.set(key, structuredClone(tombstone));
      return 'replaced';
    },
    tombstone: async ({ tenant, jobId }) => structuredClone(tombstones.get(keyOf({ tenant, id: jobId }))),
    async replace(job, expectedVersion) {
      if (jobs.get(keyOf(job))?.version !== expectedVersion) return 'conflict';
      jobs.set(keyOf(job), structuredClone(job));
      return 'replaced';
    },
    list: async (query) => pageOf([...jobs.values()], query),
    listDue: async (now, limit) => dueOf([...jobs.values()], now).slice(0, limit),
  };
}

function keyOf({ tenant, id }: { readonly tenant: string; readonly id: string }): string {
  return `${tenant}#${id}`;
}

function pageOf(jobs: readonly Job[], query: JobListQuery): JobPage {
  if (query.after !== undefined && !isPosition(query.after, query))
    throw new ProblemError('bad-cursor', 'The cursor is no position of this list');
  const listed = listOf(jobs, query);
  const page = structuredClone(listed.slice(0, query.limit));
  const last = page.at(-1);
  return {
    jobs: page,
    ...(last !== undefined && listed.length > page.length ? { next: positionIn(query)(last) } : {}),
  };
}

/** The jobs of a list after its `after`, in its order, regardless of the page size. */
export function listOf(jobs: readonly Job[], query: JobListQuery): readonly Job[] {
  const direction = query.order === 'asc' ? 1 : -1;
  const place = positionIn(query);
  const compare = (left: string, right: string) =>
    direction * Buffer.compare(Buffer.from(left), Buffer.from(right));
  const { after } = query;
  return jobs
    .filter((job) => isWanted(job, query))
    .filter((job) => after === undefined || compare(place(job), after) > 0)
    .sort((left, right) => compare(place(left), place(right)));
}

function positionIn(query: JobListQuery): (job: Job) => string {
  const range = rangeOf(query);
  if (range !== undefined) return ({ id, metadata }) => `${sortText(Number(metadata[range.name]))}#${id}`;
  return isByName(query) ? ({ name, id }) => `${name}#${id}` : ({ id }) => id;
}

/** A text that sorts like the number: the sign, the decimal exponent and the digits. */
function sortText(value: number): string {
  const [digits = '', exponent = ''] = Math.abs(value).toExponential(20).split('e');
  const size = value === 0 ? '0' : `${String(Number(exponent) + 1000).padStart(4, '0')}${digits}`;
  if (value >= 0) return `1${size}`;
  return `0${size.replaceAll(/\d/g, (digit) => String(9 - Number(digit)))}`;
}

/** Whether a job in the list could have this position. */
function isPosition(after: string, query: JobListQuery): boolean {
  const id = after.slice(-36);
  if (parseJobId(id) !== id) return false;
  if (rangeOf(query) !== undefined) return /^[01][\d.]*#$/.test(after.slice(0, -36));
  if (isByName(query)) return after.startsWith(query.namePrefix ?? '') && after.at(-37) === '#';
  const { createdAfter = 0, createdBefore = Number.POSITIVE_INFINITY } = query;
  return after === id && madeAt(id) >= createdAfter && madeAt(id) < createdBefore;
}

function madeAt(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** Whether the filter needs an index of names only; `succeeded` is the state of most jobs. */
function isByName(query: JobListQuery): boolean {
  const { ids, parentId, tag, group, metadata = [], services = [], statuses = [], namePrefix } = query;
  const byStatus = statuses.length > 0 && !statuses.includes('succeeded');
  const bySomething =
    ids !== undefined ||
    parentId !== undefined ||
    tag !== undefined ||
    group !== undefined ||
    metadata.length > 0 ||
    services.length > 0;
  return namePrefix !== undefined && !bySomething && !byStatus;
}

/** The range by whose numbers the list is sorted, if it is. */
function rangeOf({ ids, parentId, tag, group, metadata = [] }: JobListQuery) {
  const bySomething = [ids, parentId, tag, group].some((condition) => condition !== undefined);
  if (bySomething || metadata.some(({ kind }) => kind === 'equals')) return undefined;
  return metadata[0];
}

function meets({ metadata, indexedMetadata = [] }: Job, condition: MetadataCondition): boolean {
  const value = indexedMetadata.includes(condition.name) ? metadata[condition.name] : undefined;
  if (typeof value === 'string' && Buffer.byteLength(value) > 256) return false;
  if (condition.kind === 'equals') return condition.values.some((wanted) => wanted === value);
  const { min = -Infinity, max = Infinity } = condition;
  return typeof value === 'number' && min <= value && value <= max;
}

/** Whether a list contains a job, in the simplest form. */
function isWanted(job: Job, query: JobListQuery): boolean {
  const { ids, parentId, tag, group, metadata = [], statuses = [], services = [] } = query;
  const { serviceVersion, namePrefix } = query;
  const made = madeAt(job.id);
  return [
    job.tenant === query.tenant,
    ids === undefined || ids.includes(job.id),
    parentId === undefined || job.parentId === parentId,
    tag === undefined || job.tags.includes(tag),
    group === undefined || job.group === group,
    metadata.every((condition) => meets(job, condition)),
    statuses.length === 0 || statuses.includes(job.status),
    services.length === 0 || services.includes(job.service?.name ?? ''),
    serviceVersion === undefined || job.service?.version === serviceVersion,
    namePrefix === undefined || job.name.startsWith(namePrefix),
    query.createdAfter === undefined || made >= query.createdAfter,
    query.createdBefore === undefined || made < query.createdBefore,
  ].every(Boolean);
}

function dueOf(jobs: readonly Job[], now: number): readonly JobKey[] {
  return jobs
    .flatMap(({ tenant, id, nextCheckAt }) =>
      nextCheckAt === undefined || nextCheckAt > now ? [] : [{ tenant, jobId: id, nextCheckAt }],
    )
    .sort((left, right) => left.nextCheckAt - right.nextCheckAt)
    .map(({ tenant, jobId }) => ({ tenant, jobId }));
}
