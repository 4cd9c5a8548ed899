import type { KeptBatch, UnpublishedChanges } from '../../../../core/ports/events/unpublished-changes.ts';

/** A batch as a test keeps it. */
export interface GivenBatch extends Pick<KeptBatch, 'changes'> {
  /** Sorts by time. */
  readonly group: string;
  readonly unreadable?: readonly string[];
}

/** Kept batches in memory. */
export function memoryUnpublishedChanges(): UnpublishedChanges & {
  /** Keeps a batch, and returns its name. */
  keep(batch: GivenBatch): string;
  readonly batches: ReadonlyMap<string, KeptBatch>;
} {
  const batches = new Map<string, KeptBatch & { readonly group: string }>();
  let tags = 0;
  return {
    batches,
    keep({ unreadable = [], ...batch }) {
      tags += 1;
      const name = `${batch.group}-${String(tags).padStart(4, '0')}`;
      batches.set(name, { name, unreadable, tag: String(tags), ...batch });
      return name;
    },
    list: async ({ after = '', limit }) =>
      [...batches.values()]
        .filter(({ name }) => name > after)
        .toSorted((left, right) => (left.name < right.name ? -1 : 1))
        .slice(0, limit)
        .map(({ name, group, changes }) => ({ name, group, sizeBytes: 1000 * changes.length })),
    async read(name) {
      const stored = batches.get(name);
      return stored && structuredClone({ ...stored });
    },
    async remove({ name, tag, changes, unreadable }, positions) {
      const stored = batches.get(name);
      if (positions.length === changes.length && unreadable.length === 0) batches.delete(name);
      else if (stored?.tag === tag) {
        tags += 1;
        const left = stored.changes.filter(({ position }) => !positions.includes(position));
        batches.set(name, { ...stored, changes: left, tag: String(tags) });
      }
    },
  };
}
