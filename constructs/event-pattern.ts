import { type JobStatus, jobStatuses } from '../core/contract/job-state.ts';
import { serviceName } from '../core/contract/names.ts';
import { SynthesisError } from './synthesis-error.ts';

/** What an event reports: the state that a job has entered, or `deleted`. */
export type JobEventState = JobStatus | 'deleted';

/** Which events of jobs a rule receives; without a member, the rule receives the events of all values. */
export interface JobEventFilter {
  /** Names of services, without versions. */
  readonly services?: readonly string[] | undefined;
  readonly states?: readonly JobEventState[] | undefined;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const maxPatternCharacters = 2048;
const states: readonly string[] = [...jobStatuses, 'deleted'];

/**
 * Creates the event pattern of a filter, as `detail-type` and `detail` of docs/guides/events.md. Throws `SynthesisError`
 * for a filter that matches nothing, for unknown states, and for a pattern that is longer than EventBridge accepts.
 */
export function jobEventPattern(path: string, filter: JobEventFilter) {
  checkValues(path, filter);
  const pattern = {
    source: ['errand'],
    ...(filter.states === undefined
      ? {}
      : { detailType: unique(filter.states).map((state) => `errand.job.${state}`) }),
    ...(filter.services === undefined
      ? {}
      : { detail: { data: { service: { name: unique(filter.services) } } } }),
  };
  const { detailType, ...others } = pattern;
  const size = JSON.stringify({ ...others, ...(detailType && { 'detail-type': detailType }) }).length;
  if (size > maxPatternCharacters)
    throw new SynthesisError(
      `${path}: The event pattern has ${size} characters, and EventBridge accepts at most ${maxPatternCharacters}: divide the services among several JobEvents, or omit services and filter in the target.`,
    );
  return pattern;
}

function checkValues(path: string, filter: JobEventFilter): void {
  for (const member of ['services', 'states'] as const)
    if (filter[member]?.length === 0)
      throw new SynthesisError(
        `${path}: The list ${member} is empty, so no event would match: name at least one, or omit ${member} to receive the events of all.`,
      );
  const unknown = filter.states?.find((state) => !states.includes(state));
  if (unknown !== undefined)
    throw new SynthesisError(`${path}: There is no state "${unknown}". The states are ${states.join(', ')}.`);
  const invalid = filter.services?.find((service) => !serviceName.safeParse(service).success);
  if (invalid !== undefined)
    throw new SynthesisError(
      `${path}: "${invalid}" is not the name of a service: write the name without a version, such as "thumbnails".`,
    );
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
