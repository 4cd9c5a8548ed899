import { jobListQuery, jobStatsQuery } from '../../../core/contract/schemas/job-list-schemas.ts';
import { getJobStats } from '../../../core/jobs/queries/get-job-stats.ts';
import { listJobs } from '../../../core/jobs/queries/list-jobs.ts';
import { summarizeJob } from '../../../core/jobs/queries/represent-job.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { readQuery } from '../../_shared/http/api-request.ts';
import { nextLink, readLimit } from '../../_shared/http/paging.ts';
import { jsonResponse } from '../../_shared/http/responses.ts';
import type { Operation } from '../operation.ts';
import { filterOf } from './job-filter.ts';
import { readMetadataConditions } from './metadata-conditions.ts';

export const listJobsOperation: Operation = async ({ deps, event, caller, baseUrl }) => {
  const { conditions, violations, rest } = readMetadataConditions(event);
  const query = readQuery(rest, jobListQuery, violations);
  const page = await listJobs(deps, {
    tenant: caller.tenant,
    ...filterOf(query),
    ...(conditions.length === 0 ? {} : { metadata: conditions }),
    ...omitUndefined({ order: query.order, cursor: query.cursor }),
    limit: readLimit(query.limit),
  });
  const body = {
    items: page.jobs.map((job) => summarizeJob(job, baseUrl)),
    ...omitUndefined({ nextCursor: page.nextCursor, scanned: page.scanned }),
  };
  return jsonResponse(200, body, { Link: nextLink(event, baseUrl, page.nextCursor) });
};

export const getJobStatsOperation: Operation = async ({ deps, event, caller }) => {
  const filter = filterOf(readQuery(event, jobStatsQuery));
  return jsonResponse(200, await getJobStats(deps, { tenant: caller.tenant, ...filter }));
};
