import { logQuery } from '../../core/contract/schemas/log-schemas.ts';
import { getLogs } from '../../core/jobs/queries/get-logs.ts';
import { formatTime } from '../../core/jobs/queries/represent-job.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { readQuery } from '../_shared/http/api-request.ts';
import { nextLink, readLimit } from '../_shared/http/paging.ts';
import { jsonResponse } from '../_shared/http/responses.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import type { Operation } from './operation.ts';

/** Seconds that a client should wait before it requests more lines of a log that has not grown. */
const retryAfterSeconds = 5;

export const getLogsOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  const { attempt, cursor, limit } = readQuery(event, logQuery);
  const { lines, nextCursor, isAwaitingMore } = await getLogs(deps, {
    key: jobKeyOf(caller.tenant, params),
    attempt: attempt === undefined ? undefined : Number(attempt),
    cursor,
    limit: readLimit(limit),
  });
  const items = lines.map(({ at, message }) => ({ at: formatTime(at), message }));
  const body = { items, ...omitUndefined({ nextCursor }) };
  return jsonResponse(200, body, {
    Link: nextLink(event, baseUrl, nextCursor),
    'Retry-After': isAwaitingMore ? String(retryAfterSeconds) : undefined,
  });
};
