import { parseTimestamp } from '../../core/contract/date-time.ts';
import type { JobStatus } from '../../core/contract/job-state.ts';
import { parseJobId } from '../../core/contract/names.ts';
import { jobListQuery, jobStatsQuery } from '../../core/contract/schemas/job-list-schemas.ts';
import { getJobStats } from '../../core/jobs/queries/get-job-stats.ts';
import { listJobs } from '../../core/jobs/queries/list-jobs.ts';
import { summarizeJob } from '../../core/jobs/queries/represent-job.ts';
import type { JobFilter } from '../../core/ports/job-store.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { readQuery } from '../_shared/http/api-request.ts';
import { nextLink, readLimit } from '../_shared/http/paging.ts';
import { jsonResponse } from '../_shared/http/responses.ts';
import { readMetadataConditions } from './metadata-conditions.ts';
import type { Operation } from './operation.ts';

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
  const { service, createdAfter, createdBefore } = readQuery(event, jobStatsQuery);
  const filter = filterOf({ service, createdAfter, createdBefore });
  return jsonResponse(200, await getJobStats(deps, { tenant: caller.tenant, ...filter }));
};

type JobListText = Omit<ReturnType<typeof readQuery<typeof jobListQuery>>, 'order' | 'limit' | 'cursor'>;

/** The filters for the core. Lists are sorted, so that a cursor is valid for any order of their elements. */
function filterOf(query: JobListText): JobFilter {
  const { id, parent, tag, status, service, serviceVersion, namePrefix } = query;
  return omitUndefined({
    ids: distinct(id)?.flatMap((text) => parseJobId(text) ?? []),
    parentId: parent === undefined ? undefined : parseJobId(parent),
    tag,
    // The pattern of the query parameter allows only states.
    statuses: distinct(status) as readonly JobStatus[] | undefined,
    services: distinct(service),
    serviceVersion,
    namePrefix,
    createdAfter: momentOf(query.createdAfter),
    createdBefore: momentOf(query.createdBefore),
  });
}

function distinct(list: string | undefined): readonly string[] | undefined {
  return list === undefined ? undefined : [...new Set(list.split(','))].sort();
}

function momentOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseTimestamp(text);
}
