import * as z from 'zod/mini';

export const lineageQuery = z.strictObject({
  /** `up`: what it comes from; `down`: what comes from it; default: both. */
  direction: z.optional(z.enum(['up', 'down', 'both'])),
  /** Maximum number of relations between the root and a node; default 3. */
  depth: z.optional(z.string().check(z.regex(/^(?:[1-9]|1\d|20)$/, 'must be a whole number from 1 to 20'))),
});

/** A job or a data object. */
const lineageNode = z.strictObject({
  id: z.string(),
  kind: z.enum(['job', 'data']),
  name: z.string(),
  /** The state of the job, or the status of the data object; the last one if it was deleted. */
  status: z.optional(z.string()),
  /** Only of a job: its service version. */
  service: z.optional(z.strictObject({ name: z.string(), version: z.string() })),
  createdAt: z.string(),
  deleted: z.optional(z.literal(true)),
});

/** A relation: `from` is the newer node. */
const lineageEdge = z.strictObject({
  from: z.string(),
  to: z.string(),
  relation: z.enum(['used', 'generated', 'subJobOf', 'rerunOf', 'dependsOn', 'reusedFrom']),
  /** Only of `used` and `generated`. */
  slot: z.optional(z.string()),
  /** Only of `generated`: number of the attempt. */
  attempt: z.optional(z.int()),
});

/** What a job or a data object comes from, and what comes from it. */
export const lineageGraph = z.strictObject({
  /** ID of the requested job or data object. */
  root: z.string(),
  /** The root first, then by distance. */
  nodes: z.array(lineageNode),
  /** All relations between these nodes. */
  edges: z.array(lineageEdge),
  truncated: z.boolean(),
});

export type LineageGraph = z.infer<typeof lineageGraph>;

/** The same lineage in W3C PROV, as JSON-LD (https://www.w3.org/TR/prov-o/). */
export const provGraph = z.strictObject({
  '@context': z.record(z.string(), z.unknown()),
  '@graph': z.array(z.record(z.string(), z.unknown())),
});
