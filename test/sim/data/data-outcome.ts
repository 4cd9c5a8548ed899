import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { getData } from '../../../core/data/get-data.ts';
import type { DataObject, DataTombstone } from '../../../core/data/model/data-object.ts';
import type { JobLink } from '../../../core/ports/job-links.ts';
import type { World } from '../world.ts';
import type { DataLedger } from './data-ledger.ts';

/** The data objects at the end. */
export interface DataOutcome {
  readonly objects: readonly DataObject[];
  readonly tombstones: readonly DataTombstone[];
  /** The stored content by its keys. */
  readonly contents: ReadonlyMap<string, string>;
  /** The objects, as they were, of uploads in parts whose parts are still stored. */
  readonly uploads: readonly DataObject[];
  /** The links of the objects and of the deleted objects. */
  readonly links: readonly JobLink[];
  readonly ledger: DataLedger;
  /** The response to a request for each of these objects: `found`, or the problem. */
  readonly responses: ReadonlyMap<string, string>;
}

/** An expired object that is kept for a job is checked every day. */
const expiryCheckMs = 2 * 86_400_000;

/** The IDs of the objects to which something will still happen. */
export function unsettledIds({ data, time }: World): readonly string[] {
  const objects = data.objects().filter(({ status, deletion, expiresAt, updatedAt }) => {
    if (status !== 'available' || deletion !== undefined) return true;
    return expiresAt !== undefined && time.now() < Math.max(expiresAt, updatedAt) + expiryCheckMs;
  });
  const tombstones = data.tombstones().filter(({ removeAfter }) => removeAfter !== undefined);
  return [...objects.map(({ id }) => id), ...tombstones.map((tombstone) => tombstone.data.id)];
}

export function isSettled(world: World): boolean {
  return !world.hasData || unsettledIds(world).length === 0;
}

export async function dataOutcome({ data, links, process: { ledger } }: World): Promise<DataOutcome> {
  const [objects, tombstones] = [data.objects(), data.tombstones()];
  const ids = [...objects.map(({ id }) => id), ...tombstones.map((tombstone) => tombstone.data.id)];
  const found: JobLink[] = [];
  for (const anchorId of ids)
    found.push(...(await links.list({ tenant: 'local', kind: 'use', anchorId, limit: 1000 })).links);
  const responses = new Map<string, string>();
  for (const dataId of new Set([...ids, ...ledger.created]))
    responses.set(
      dataId,
      await getData({ data: data.store }, { tenant: 'local', dataId }).then(() => 'found', slugOf),
    );
  const textOf = (key: string) => Buffer.from(data.contents.bytesOf(key) ?? []).toString();
  return {
    objects,
    tombstones,
    contents: new Map(data.contents.keys().map((key) => [key, textOf(key)])),
    uploads: data.contents.uploadIds().flatMap((id) => data.uploads.get(id) ?? []),
    links: found,
    ledger,
    responses,
  };
}

function slugOf(error: unknown): string {
  if (error instanceof ProblemError) return error.slug;
  throw error;
}
