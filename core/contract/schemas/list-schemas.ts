import * as z from 'zod/mini';

/** A whole number as text. A value below 1 is rejected; a value above 1000 is reduced to 1000. */
export const pageLimit = z.optional(
  z.string().check(z.regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1 to 999999999')),
);

/** The `nextCursor` of the previous page. The cursor of a list by name contains a name, hence the length. */
export const pageCursor = z.optional(z.string().check(z.minLength(1), z.maxLength(2048)));

export const serviceListQuery = z.strictObject({
  /** Exact name. */
  name: z.optional(z.string().check(z.maxLength(63))),
  tag: z.optional(z.string().check(z.maxLength(128))),
  limit: pageLimit,
  cursor: pageCursor,
});

export const versionListQuery = z.strictObject({ limit: pageLimit, cursor: pageCursor });

export const eventListQuery = z.strictObject({ limit: pageLimit, cursor: pageCursor });

export const noQuery = z.strictObject({});

/** A page of a list; `nextCursor` is absent on the last page. */
export function pageOf<Item extends z.core.$ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.optional(z.string()) });
}

/** The page sizes of all lists, in items. */
export const pageSize = { default: 50, max: 1000 } as const;
