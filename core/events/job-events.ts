import { jobUrn } from '../contract/names.ts';
import type { JobEvent } from '../contract/schemas/event-schemas.ts';
import type { Failure, Job, Transition } from '../jobs/model/job.ts';
import { formatTime, representFailure } from '../jobs/queries/represent-job.ts';
import { omitUndefined } from '../std/omit-undefined.ts';

/**
 * The events of a job, derived from its transitions, so that there is neither a gap nor a duplicate. An
 * event describes the state at its transition, except for name and tags, which are the current ones, as is
 * the service of a draft.
 * @param baseUrl base URL of the API, the source of the events; without a trailing slash
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
    data: eventData(job, transition, { baseUrl, sequence }),
  };
}

function eventData(
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
    ...omitUndefined({ group: job.group }),
    attempt: transition.attempt,
    ...(failure === undefined ? {} : { error: representFailure(failure) }),
    ...(transition.status === 'succeeded' ? { resultUrl: `${baseUrl}/v1/jobs/${job.id}/result` } : {}),
  };
}

/** The failure of an attempt or of the job, in the event that reports it. */
function failureAt(job: Job, transition: Transition): Failure | undefined {
  if (transition.status === 'retrying') {
    return job.endedAttempts.find(({ number }) => number === transition.attempt)?.failure;
  }
  return transition.status === job.status ? job.failure : undefined;
}
