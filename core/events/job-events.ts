import { jobUrn } from '../contract/names.ts';
import type { JobEvent } from '../contract/schemas/event-schemas.ts';
import type { Failure, Job, Transition } from '../jobs/model/job.ts';
import { formatTime, representFailure } from '../jobs/queries/represent-job.ts';
import { omitUndefined } from '../std/omit-undefined.ts';

/**
 * The events of a job, made from its moves, so that the log has neither a gap nor a duplicate. An event says what
 * was true when the move was made, except the name and tags, which are those of now, as is the service of a draft.
 * @param baseUrl the API's address, source of the events; without a slash at its end
 * @param after the sequence number that the first event follows, 0 for all
 */
export function jobEvents(job: Job, baseUrl: string, after = 0): readonly JobEvent[] {
  return job.transitions
    .slice(after)
    .map((transition, index) => jobEvent(job, transition, { baseUrl, sequence: after + index + 1 }));
}

function jobEvent(
  job: Job,
  transition: Transition,
  { baseUrl, sequence }: { readonly baseUrl: string; readonly sequence: number },
): JobEvent {
  return {
    specversion: '1.0',
    id: `${job.id}/${sequence}`,
    source: baseUrl,
    type: `errand.job.${transition.status}`,
    subject: jobUrn(job.id),
    time: formatTime(transition.at),
    datacontenttype: 'application/json',
    sequence: String(sequence).padStart(10, '0'),
    ...(job.parentId === undefined ? {} : { correlationid: jobUrn(job.parentId) }),
    traceparent: job.traceparent,
    tenant: job.tenant,
    data: dataOf(job, transition, { baseUrl, sequence }),
  };
}

function dataOf(
  job: Job,
  transition: Transition,
  { baseUrl, sequence }: { readonly baseUrl: string; readonly sequence: number },
): JobEvent['data'] {
  const previous = job.transitions[sequence - 2];
  const failure = failureAt(job, transition);
  return {
    jobId: job.id,
    name: job.name,
    status: transition.status,
    ...(previous === undefined ? {} : { previousStatus: previous.status }),
    ...omitUndefined({ service: job.service }),
    tags: [...job.tags],
    attempt: transition.attempt,
    ...(failure === undefined ? {} : { error: representFailure(failure) }),
    ...(transition.status === 'succeeded' ? { resultUrl: `${baseUrl}/v1/jobs/${job.id}/result` } : {}),
  };
}

/** Why an attempt or the job ended badly, in the event that tells of it. */
function failureAt(job: Job, transition: Transition): Failure | undefined {
  if (transition.status === 'retrying') {
    return job.endedAttempts.find(({ number }) => number === transition.attempt)?.failure;
  }
  return transition.status === job.status ? job.failure : undefined;
}
