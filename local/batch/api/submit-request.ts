import { randomUUID } from 'node:crypto';
import type { JsonRecord } from '../../json.ts';
import type { Job } from '../job.ts';
import { type JobDefinition, minTimeoutSeconds } from '../job-definition.ts';
import type { JobQueue } from '../job-queue.ts';
import { clientError } from './client-error.ts';
import { overrideContainer } from './container-overrides.ts';
import { type BatchResources, findDefinition, findQueue } from './find-resource.ts';
import { numberIn, objectIn, refuseMembers, requiredText, textsIn } from './request-body.ts';
import { substituteParameters } from './substitute-parameters.ts';

const knownMembers = [
  'containerOverrides',
  'jobDefinition',
  'jobName',
  'jobQueue',
  'parameters',
  'propagateTags',
  'retryStrategy',
  'schedulingPriorityOverride',
  'shareIdentifier',
  'tags',
  'timeout',
];
const jobNamePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
const sharePattern = /^[A-Za-z0-9]{1,255}$/;
const maxTags = 50;
const maxPriority = 9_999;
const maxAttempts = 10;

/**
 * Creates a job from a SubmitJob request. Throws `ClientException` for what Batch refuses, and for members
 * that Batch supports but the local runtime does not; the error names the member.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
 */
export function newJob(body: JsonRecord, resources: BatchResources): Job {
  refuseMembers(body, knownMembers);
  const name = requiredText(body, 'jobName');
  if (!jobNamePattern.test(name)) throw clientError('Job name should match valid pattern');
  const queue = findQueue(resources, requiredText(body, 'jobQueue'));
  const definition = findDefinition(resources, requiredText(body, 'jobDefinition'));
  const parameters = { ...definition.parameters, ...textsIn(body, 'parameters') };
  const container = overrideContainer(definition, body);
  const { jobRoleArn, executionRoleArn, image, logOptions } = definition;
  return {
    id: randomUUID(),
    name,
    queueArn: queue.arn,
    definitionArn: definition.arn,
    status: 'SUBMITTED',
    createdAtMs: Date.now(),
    ...sharing(body, queue, definition),
    parameters,
    tags: tagsIn(body),
    propagateTags:
      body['propagateTags'] === undefined ? definition.propagateTags : body['propagateTags'] === true,
    ...limits(body, definition),
    ...container,
    command: substituteParameters(container.command, parameters),
    image,
    logOptions,
    ...(jobRoleArn === undefined ? {} : { jobRoleArn }),
    executionRoleArn,
    attempts: [],
    isTerminated: false,
  };
}

/**
 * A fair-share queue requires a share identifier and a priority for each job; any other queue refuses both.
 */
function sharing(
  body: JsonRecord,
  queue: JobQueue,
  definition: JobDefinition,
): Pick<Job, 'shareIdentifier' | 'schedulingPriority'> {
  const override = numberIn(body, 'schedulingPriorityOverride', [0, maxPriority]);
  const shareIdentifier = body['shareIdentifier'];
  if (queue.shareWeights === undefined) {
    if (shareIdentifier === undefined && override === undefined) return {};
    throw clientError(
      'Job with shareIdentifier or schedulingPriority can only be submitted to job queue with fair share scheduling policy.',
    );
  }
  if (shareIdentifier === undefined) throw clientError('shareIdentifier must be specified.');
  if (typeof shareIdentifier !== 'string' || !sharePattern.test(shareIdentifier))
    throw clientError('shareIdentifier must have 1 to 255 letters and digits.');
  const schedulingPriority = override ?? definition.schedulingPriority;
  if (schedulingPriority === undefined)
    throw clientError(
      'Either schedulingPriority in job definition or schedulingPriorityOverride should be specified.',
    );
  return { shareIdentifier, schedulingPriority };
}

function limits(
  body: JsonRecord,
  definition: JobDefinition,
): Pick<Job, 'maximumAttempts' | 'timeoutSeconds'> {
  const retry = objectIn(body, 'retryStrategy');
  refuseMembers(retry, ['attempts']);
  const timeout = objectIn(body, 'timeout');
  refuseMembers(timeout, ['attemptDurationSeconds']);
  const timeoutSeconds =
    numberIn(timeout, 'attemptDurationSeconds', [minTimeoutSeconds, Number.MAX_SAFE_INTEGER]) ??
    definition.timeoutSeconds;
  return {
    maximumAttempts: numberIn(retry, 'attempts', [1, maxAttempts]) ?? definition.attempts,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

/** https://docs.aws.amazon.com/batch/latest/userguide/using-tags.html */
function tagsIn(body: JsonRecord): Readonly<Record<string, string>> {
  const tags = textsIn(body, 'tags');
  if (Object.keys(tags).length > maxTags) throw clientError(`tags must be at most ${maxTags}.`);
  for (const [key, value] of Object.entries(tags))
    if (key.length < 1 || key.length > 128 || value.length > 256)
      throw clientError('Tag keys have 1 to 128 characters, tag values at most 256.');
  return tags;
}
