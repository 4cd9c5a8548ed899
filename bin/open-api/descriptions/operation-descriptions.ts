import type { OperationId } from '../../../core/contract/routes/routes.ts';
import { adminMembers } from './admin-descriptions.ts';
import type { Descriptions } from './describe-members.ts';
import { progressMembers } from './job-descriptions.ts';
import { lineageMembers } from './lineage-descriptions.ts';
import { manyJobsMembers } from './many-jobs-descriptions.ts';
import { slotOperationMembers } from './slot-descriptions.ts';
import { childSubmissionMembers } from './submission-descriptions.ts';
import { webhookOperationMembers } from './webhook-descriptions.ts';

const nextCursor = 'Value of the parameter `cursor` for the next page; absent on the last page.';

const workerResponse = {
  abort: 'True if the attempt is no longer needed, so that the worker should stop.',
} as const satisfies Descriptions;

const mediaType = 'Media type of the result, such as `text/csv`, at most 128 characters.';

const byStatus = 'Number of jobs by state, without states that have none.';

/** The members of bodies and responses that are not named schemas, by operation. */
export const operationMembers: Readonly<Record<string, Descriptions>> = {
  getHealth: { status: 'Always `ok`.' },
  getMe: {
    tenant: 'Name of the tenant that the API key belongs to.',
    principal: 'Name that is recorded as the owner of what is created with the API key.',
    scopes: 'Scopes of the API key, also those that another scope includes, in alphabetical order.',
    createdAt: 'Time at which the API key was stored, RFC 3339 in UTC with milliseconds.',
    limits: {
      text: 'Limits of the tenant.',
      members: { longPolls: 'Maximum number of concurrent long polls and event streams.' },
    },
  },
  listServices: {
    items:
      'The versions of services, by name, without their schemas; a page before the last one may be short or empty.',
    nextCursor,
  },
  getService: { name: 'Name of the service.', versions: 'Its versions, the newest first.', nextCursor },
  listJobs: {
    items: 'The jobs that match all filters; a page before the last one may be short or empty.',
    nextCursor,
    scanned: 'Number of jobs that were read to apply filters without an index; absent if there are none.',
  },
  submitJobs: {
    jobs: 'The submissions, from 1 to 100.',
    group:
      'Name of the group of the jobs that name none, 1 to 128 characters; they are in no group if it is absent.',
    template:
      'The submission that each element completes, at most 16,384 bytes of JSON; instead of `jobs`, for an array job.',
    over: {
      text: 'The elements of an array job, from 1 to 100,000, or a data object that contains at most 100,000.',
      members: {
        parameters:
          'Members that replace those of the same name in the parameters of the template; a value that is no object replaces the parameters.',
        inputs: 'Data objects by input slot; a slot replaces the slot of the same name in the template.',
        name: 'Name of the job, which replaces the name in the template.',
        dataId:
          'ID or URN of a data object of at most 104,857,600 bytes: NDJSON (`application/x-ndjson`) or a JSON array (`application/json`).',
      },
    },
    items: 'The outcome of each submission, in the order of the request.',
  },
  getJobStats: {
    total: 'Number of jobs.',
    byStatus,
    items: {
      text: 'The counts by day, the newest first, then by service.',
      members: {
        day: 'Day of creation in UTC, such as `2026-11-21`.',
        service: 'Name of the service; absent for drafts without a service.',
        total: 'Number of jobs of the day and the service.',
        byStatus,
        meanDurationSeconds:
          'Mean time in seconds from `pending` to success; absent if no job of the day and the service succeeded.',
      },
    },
    complete:
      'False if not all jobs were counted: without `tag` and `group`, only 1,000 of the jobs that have not ended are counted; with `tag` or `group`, only the newest 10,000 of these jobs are examined, for ten seconds at most.',
  },
  listGroups: {
    items: 'The groups that have jobs, in the order of the UTF-8 bytes of their names.',
    nextCursor,
  },
  listData: {
    items: 'The data objects that match all filters; a page before the last one may be short or empty.',
    nextCursor,
    scanned: 'Number of objects that were read to apply filters without an index; absent if there are none.',
  },
  listParts: { items: 'The parts of the upload, in the order of their numbers.', nextCursor },
  getContent: {
    url: 'URL of the content, valid for 15 minutes; it supports `Range`.',
    expiresAt: 'Time at which the URL expires, RFC 3339 in UTC with milliseconds.',
  },
  deleteJob: {
    jobIds: 'IDs of the jobs that would be deleted, parents before their sub-jobs, at most 1,000.',
    dataIds: 'IDs of the data objects that would be deleted, at most 1,000.',
    complete: 'False if there is more to delete, or if the time was too short to read everything.',
  },
  getEvents: { items: 'The events of the job, the oldest first.', nextCursor },
  listEvents: {
    items: 'The events, in the order of the event log.',
    position: 'Value of the parameter `after` for the next request, also if there is no event yet.',
  },
  getAttempts: { items: 'The attempts of the job, the oldest first.' },
  getLogs: {
    items: {
      text: 'The lines of the log, the oldest first; a page before the last one may be short or empty.',
      members: {
        at: 'Time of the line, RFC 3339 in UTC with milliseconds.',
        message: 'Text of the line without its line terminator, at most 262,144 UTF-16 code units.',
      },
    },
    nextCursor:
      'Value of the parameter `cursor` for the next page; absent once the log is complete. With `Retry-After`, there are no more lines yet.',
  },
  getJobLineage: lineageMembers,
  getDataLineage: lineageMembers,
  listChildren: { items: 'The sub-jobs, the oldest first.', nextCursor },
  reportHeartbeat: workerResponse,
  reportProgress: { ...progressMembers, ...workerResponse },
  requestResultUpload: {
    mediaType,
    sizeBytes: 'Exact size of the result in bytes, from 0 to 5 GiB.',
    uploadUrl: 'URL to PUT exactly `sizeBytes` bytes to, valid for 15 minutes.',
    reference: 'Value of `resultReference` for the completion of the attempt.',
    ...workerResponse,
  },
  completeAttempt: {
    result: 'The result, any JSON value.',
    resultReference: 'The reference of an uploaded result, at most 256 characters.',
    mediaType,
    ...workerResponse,
  },
  failAttempt: {
    message: 'Explanation of the failure, 1 to 4,000 characters.',
    type: 'Stable name by which callers can distinguish failures, 1 to 128 characters; none if absent.',
    retryable: 'True requests another attempt, if the retry policy of the job has one left; default false.',
    ...workerResponse,
  },
  submitChild: childSubmissionMembers,
  ...slotOperationMembers,
  ...manyJobsMembers,
  ...adminMembers,
  ...webhookOperationMembers,
} satisfies Partial<Record<OperationId, Descriptions>>;
