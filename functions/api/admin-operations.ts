import { parseWire } from '../../core/contract/http/parse-wire.ts';
import { type RedriveReport, redriveRequest } from '../../core/contract/routes/admin-routes.ts';
import { decodeCursor, encodeCursor } from '../../core/paging/cursor.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { readOptionalJsonBody, rejectQuery } from '../_shared/http/api-request.ts';
import { jsonResponse } from '../_shared/http/responses.ts';
import type { Operation } from './operation.ts';

const defaultLimit = 100;

/** The kept batches belong to no tenant. */
const identity = { list: 'unpublished-events' };

/** The response contains numbers only: the batches are those of all tenants. */
export const redriveEventsOperation: Operation = async ({ deps, event }) => {
  rejectQuery(event);
  const { limit, dryRun = false, cursor } = parseWire(redriveRequest, readOptionalJsonBody(event));
  const { isComplete, next, ...counts } = await deps.redriveEvents({
    limit: limit ?? defaultLimit,
    isDryRun: dryRun,
    ...omitUndefined({ after: cursor === undefined ? undefined : decodeCursor(identity, cursor) }),
  });
  const report: RedriveReport = {
    dryRun,
    ...counts,
    complete: isComplete,
    ...omitUndefined({ nextCursor: next === undefined ? undefined : encodeCursor(identity, next) }),
  };
  return jsonResponse(200, report);
};
