import * as z from 'zod/mini';
import { jobStatuses } from '../job-state.ts';
import { jsonObject } from '../json.ts';
import { indexedNameRegExp } from '../metadata-names.ts';
import { jobReference, serviceName, serviceTextPattern, versionRangePattern } from '../names.ts';
import { problem } from '../problems/problem-schema.ts';
import { tags } from '../tags.ts';
import { jobListQuery } from './job-list-schemas.ts';
import { abortRequest, jobSummary } from './job-schemas.ts';
import { pageCursor, pageLimit } from './list-schemas.ts';
import { jobsAction, operationAction, operationStatus } from './operation-states.ts';
import { deleteJobQuery, deletionScopes } from './relation-schemas.ts';
import { rerunRequest } from './submission-schemas.ts';

/** Maximum number of IDs in a request. */
const maxIds = 1000;

const {
  order: _order,
  limit: _limit,
  cursor: _cursor,
  id: idText,
  service: serviceText,
  status: statusText,
  ...otherFilters
} = jobListQuery.shape;

/** A list in a filter: an array, or comma-separated text as in the query of a list. */
function listFilter<Text extends z.ZodMiniType, Item extends z.ZodMiniType>(
  text: Text,
  item: Item,
  maxItems: number,
) {
  return z.optional(z.union([text, z.array(item).check(z.minLength(1), z.maxLength(maxItems))]));
}

/** A condition on an indexed member of the metadata: its value, or bounds of a number, which are inclusive. */
const metadataCondition = z.union([
  z.string(),
  z.number(),
  z
    .strictObject({ min: z.optional(z.number()), max: z.optional(z.number()) })
    .check(z.refine(({ min, max }) => min !== undefined || max !== undefined, 'must have min, max or both'))
    .register(z.globalRegistry, { minProperties: 1 }),
]);

/** The name of an indexed member. */
const metadataName = z
  .string()
  .check(
    z.regex(
      indexedNameRegExp,
      'must be 1 to 63 letters, digits, hyphens and underscores, and start with a letter',
    ),
  );

/** The filters of a list of jobs. A job must match all of them. */
export const operationFilter = z
  .strictObject({
    /** IDs or URNs. */
    id: listFilter(idText, jobReference, 100),
    service: listFilter(serviceText, serviceName, 20),
    status: listFilter(statusText, z.enum([...jobStatuses]), jobStatuses.length),
    ...otherFilters,
    /** By the names of indexed members. */
    metadata: z.optional(z.record(metadataName, metadataCondition)),
  })
  .check(
    z.refine(
      (filter) => Object.keys(filter).length > 0,
      'must have at least one member; to select all jobs, use createdBefore with the current time',
    ),
  )
  .register(z.globalRegistry, { minProperties: 1 });

export type OperationFilter = z.infer<typeof operationFilter>;

const selection = {
  filter: z.optional(operationFilter),
  /** IDs or URNs of the jobs, at most 1,000. */
  ids: z.optional(z.array(jobReference).check(z.minLength(1), z.maxLength(maxIds))),
  /** True: change nothing; the response contains counts and the first jobs. */
  dryRun: z.optional(z.boolean()),
};

interface SelectionMembers {
  readonly filter?: unknown;
  readonly ids?: unknown;
}

const hasEither = z.refine<SelectionMembers>(({ filter, ids }) => filter !== undefined || ids !== undefined, {
  path: ['filter'],
  error: 'is required unless there is ids',
});
const hasNotBoth = z.refine<SelectionMembers>(
  ({ filter, ids }) => filter === undefined || ids === undefined,
  { path: ['ids'], error: 'must not be sent together with filter' },
);

/** What is deleted too: an array, or comma-separated text as in the query of a deletion. */
const cascade = listFilter(deleteJobQuery.shape.cascade, z.enum([...deletionScopes]), deletionScopes.length);

const someTags = z.optional(tags.check(z.minLength(1)));

const tagChanges = z
  .strictObject({ addTags: someTags, removeTags: someTags })
  .check(
    z.refine((changes) => Object.keys(changes).length > 0, 'must have addTags, removeTags or both'),
    z.refine(({ addTags = [], removeTags = [] }) => !addTags.some((tag) => removeTags.includes(tag)), {
      path: ['removeTags'],
      error: 'must not contain a tag of addTags',
    }),
  )
  .register(z.globalRegistry, { minProperties: 1 });

const servicePatterns = { text: new RegExp(serviceTextPattern), version: new RegExp(versionRangePattern) };

/** Without this, every job would be refused for the same reason: a submission parses the service only when it chooses a version. */
const canNameService = z.refine<{ readonly changes?: z.infer<typeof rerunRequest> | undefined }>(
  ({ changes }) => {
    const service = changes?.service;
    if (service === undefined) return true;
    if (typeof service === 'string') return servicePatterns.text.test(service);
    return service.version === undefined || servicePatterns.version.test(service.version);
  },
  { error: 'must name a service, and a semantic version or a version range', path: ['changes', 'service'] },
);

/** A request for one action on many jobs. */
export const newOperation = z.discriminatedUnion('action', [
  z
    .strictObject({ action: z.literal('abort'), ...selection, changes: z.optional(abortRequest) })
    .check(hasEither, hasNotBoth),
  z
    .strictObject({ action: z.literal('rerun'), ...selection, changes: z.optional(rerunRequest) })
    .check(hasEither, hasNotBoth, canNameService),
  z
    .strictObject({
      action: z.literal('delete'),
      ...selection,
      changes: z.optional(z.strictObject({ cascade })),
    })
    .check(hasEither, hasNotBoth),
  z
    .strictObject({ action: z.literal('tag'), ...selection, changes: tagChanges })
    .check(hasEither, hasNotBoth),
]);

export type NewOperation = z.infer<typeof newOperation>;

const time = z.string();

const links = z.record(z.string(), z.string());

/** What a caller without `jobs:read` gets. */
export const operationReceipt = z.strictObject({
  id: z.string(),
  urn: z.string(),
  action: operationAction,
  status: operationStatus,
  createdAt: time,
  updatedAt: time,
  finishedAt: z.optional(time),
  links,
});

export type OperationReceipt = z.infer<typeof operationReceipt>;

const summaryShape = {
  ...operationReceipt.shape,
  owner: z.string(),
  /** While `matching`, `matched` grows. */
  phase: z.enum(['matching', 'acting', 'ended']),
  matched: z.int(),
  done: z.int(),
  refused: z.int(),
  failed: z.int(),
  /** The treated part of the matched jobs, 0 to 1; 0 while `matching`. */
  completion: z.number(),
  abort: z.optional(z.strictObject({ requestedAt: time, by: z.string(), reason: z.optional(z.string()) })),
  expiresAt: time,
  version: z.int(),
};

export const operationSummary = z.strictObject(summaryShape);

export type OperationSummary = z.infer<typeof operationSummary>;

export const operationRepresentation = z.strictObject({
  ...summaryShape,
  /** As it was sent; absent if the operation was requested with IDs. */
  filter: z.optional(jsonObject),
  changes: z.optional(jsonObject),
  /** Only of an array job. */
  template: z.optional(jsonObject),
  /** Only of an array job whose elements are in a data object. */
  over: z.optional(z.strictObject({ dataId: z.string() })),
});

export type OperationRepresentation = z.infer<typeof operationRepresentation>;

/** The response of a route that changes an operation: a receipt for a key without `jobs:read`. */
export const operationOrReceipt = z.union([operationRepresentation, operationReceipt]);

/** What an operation would do. */
export const operationPreview = z.strictObject({
  action: jobsAction,
  matched: z.int(),
  /** Number of matched jobs whose state does not allow the action; there can be other reasons to refuse it. */
  refused: z.int(),
  /** False if there are more matched jobs than could be counted in time. */
  complete: z.boolean(),
  /** The first jobs, at most 50. */
  sample: z.array(jobSummary),
});

export const operationRefusal = z.strictObject({
  /** Absent for an array job. */
  jobId: z.optional(z.string()),
  /** Only of an array job: the number of the element, from 0. */
  index: z.optional(z.int()),
  problem,
});

export const operationListQuery = z.strictObject({ limit: pageLimit, cursor: pageCursor });
