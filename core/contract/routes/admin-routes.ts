import * as z from 'zod/mini';
import { noQuery } from '../schemas/list-schemas.ts';
import { bodyProblems, keyProblems, type Route } from './route.ts';

/** A request to publish kept changes again. */
export const redriveRequest = z.strictObject({
  /** Maximum number of batches of one call. */
  limit: z.optional(z.int().check(z.minimum(1), z.maximum(500))),
  /** Whether to read and count without publishing. */
  dryRun: z.optional(z.boolean()),
  /** The `nextCursor` of the previous call. */
  cursor: z.optional(z.string().check(z.minLength(1), z.maxLength(2048))),
});

const count = z.int().check(z.minimum(0));

/** What became of the batches of a call. */
export const redriveReport = z.strictObject({
  dryRun: z.boolean(),
  found: count,
  published: count,
  failed: count,
  unreadable: count,
  remaining: count,
  /** False if batches follow, or if the time of the call ended before. */
  complete: z.boolean(),
  nextCursor: z.optional(z.string()),
});

export type RedriveReport = z.infer<typeof redriveReport>;

/** Routes for the operator of the deployment, which belong to no tenant. */
export const adminRoutes = [
  {
    operationId: 'redriveEvents',
    method: 'POST',
    path: '/v1/admin/redrive',
    summary: 'Publish the events of all tenants that could not be published before',
    servedBy: 'api',
    scope: 'admin',
    query: noQuery,
    body: redriveRequest,
    bodyOptional: true,
    responses: {
      200: {
        description: 'The numbers of batches that were found, published and kept',
        schema: redriveReport,
      },
    },
    problems: [...bodyProblems, 'bad-cursor', ...keyProblems],
  },
] as const satisfies readonly Route[];
