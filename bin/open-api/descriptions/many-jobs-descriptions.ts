import type { Descriptions } from './describe-members.ts';

const jobsAction = 'What is done to each job: `abort`, `rerun`, `delete` or `tag`.';

const action = `${jobsAction.slice(0, -1)}; \`submit\` creates the jobs of an array job.`;

const operationReceiptMembers = {
  id: 'ID of the operation, a UUIDv7 in lower case.',
  urn: 'URN of the operation.',
  action,
  status:
    '`running`; `succeeded` once all matched jobs are treated, also if some were refused; `aborted` if it was stopped before.',
  createdAt:
    'Time of the request, RFC 3339 in UTC with milliseconds. Jobs that were created later are not matched.',
  updatedAt: 'Time of the last change, RFC 3339 in UTC with milliseconds.',
  finishedAt: 'Time of the end, RFC 3339 in UTC with milliseconds; absent before the end.',
  links: 'URLs of the operation, of its refusals and, while it is running, of its abort.',
} as const satisfies Descriptions;

export const operationSummaryMembers = {
  ...operationReceiptMembers,
  owner: 'Who requested the operation.',
  phase:
    '`matching` while the list of jobs is being read or the elements are being counted, then `acting`, and `ended` after the end.',
  matched:
    'Number of matched jobs, or of the elements of an array job; it grows while `phase` is `matching`.',
  done: 'Number of jobs with the requested effect, also if they had it before.',
  refused: 'Number of jobs for which the action is not possible; the list of refusals has the reasons.',
  failed:
    'Number of jobs that could not be treated because of internal errors, after several tries; they are in the list of refusals too.',
  completion: 'Part of the matched jobs that is treated, from 0 to 1; 0 while `phase` is `matching`.',
  abort: {
    text: 'The request to stop the operation; absent if there is none.',
    members: {
      requestedAt: 'Time of the request, RFC 3339 in UTC with milliseconds.',
      by: 'Who requested the abort; `errand` if the list of jobs or elements could not be read, or if the elements are invalid, too many or deleted.',
      reason: 'The reason that the caller gave; absent if there is none.',
    },
  },
  expiresAt: 'Time at which the operation and its refusals are deleted, RFC 3339 in UTC with milliseconds.',
  version: 'Version of the operation, from which its ETag is derived.',
} as const satisfies Descriptions;

export const operationMembers = {
  ...operationSummaryMembers,
  filter: 'The filter as it was sent; absent if the operation has none.',
  changes: 'The changes of the request; absent if there are none.',
  template: 'The template of an array job; absent for all other operations.',
  over: {
    text: 'Where the elements of an array job are; absent if they were part of the request, and for all other operations.',
    members: { dataId: 'ID of the data object.' },
  },
} as const satisfies Descriptions;

/** The names of the query parameters of a list of jobs. A job must match all members. */
export const operationFilterMembers = {
  id: 'IDs or URNs, at most 100, as an array or as comma-separated text.',
  parent: 'Only sub-jobs of the job with this ID or URN.',
  tag: 'Only jobs with this tag.',
  group: 'Only jobs in this group.',
  service: 'Names of services, at most 20, as an array or as comma-separated text.',
  serviceVersion: 'Only jobs of this version of their service.',
  namePrefix: 'Only jobs whose name starts with this text.',
  status: 'States, as an array or as comma-separated text.',
  createdAfter: 'Only jobs created at or after this time.',
  createdBefore: 'Only jobs created before this time.',
  metadata: {
    text: 'Values of indexed members of the metadata, by their names: a text, a number, or the bounds of a number.',
    members: { min: 'Lower bound, inclusive.', max: 'Upper bound, inclusive.' },
  },
} as const satisfies Descriptions;

/** The members of the bodies and responses of the routes of operations. */
export const manyJobsMembers = {
  actOnJobs: {
    action: jobsAction,
    filter: 'Filter of the jobs; required unless there is `ids`.',
    ids: 'IDs or URNs of the jobs, from 1 to 1,000; required unless there is `filter`.',
    dryRun: 'True changes nothing, and returns counts and the first jobs; default false.',
    changes: {
      text: 'What the action needs: `reason` for `abort`, the changes of a rerun for `rerun` (at most 16,384 bytes of JSON), `cascade` for `delete`, `addTags` and `removeTags` for `tag`.',
      members: {
        cascade:
          'What is deleted too, as an array or as comma-separated text: `children`, `outputs` and `inputs`, as in the deletion of one job.',
        addTags: 'Tags that each job gets, at most 50.',
        removeTags: 'Tags that are removed from each job, at most 50.',
      },
    },
    matched: 'Number of jobs that the operation would treat.',
    refused: 'Number of those that are missing or whose state does not allow the action.',
    complete: 'False if the time was too short to count all jobs.',
    sample: 'The first jobs, at most 50.',
  },
  listOperations: {
    items: 'The operations, the newest first.',
    nextCursor: 'Value of the parameter `cursor` for the next page; absent on the last page.',
  },
  listRefusals: {
    items: {
      text: 'The jobs or elements, in the order in which they were processed.',
      members: {
        jobId: 'ID of the job; absent for an array job.',
        index: 'Number of the element of an array job, from 0; absent for all other operations.',
        problem: 'Why the operation did not have its effect on the job, or created no job for the element.',
      },
    },
    nextCursor:
      'Value of the parameter `cursor` for the next page; absent on the last page, to which a running operation may add more.',
  },
} as const satisfies Readonly<Record<string, Descriptions>>;
