import { dataUrn, jobUrn, serviceUrn } from '../../contract/names.ts';
import type { Job } from '../../jobs/model/job.ts';
import { formatTime } from '../../jobs/queries/represent-job.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { edgesOf, type JobNode, type LineageEdge } from '../lineage.ts';
import {
  attemptUrn,
  principalAgent,
  principalUrn,
  type Resource,
  serviceAgentUrn,
  serviceResources,
  slotRole,
} from './prov-names.ts';

/**
 * A job as a PROV activity with its attempts as further activities, its parameters, its owner and its service.
 * @param writers the jobs whose outputs it used
 */
export function jobResources(
  node: JobNode,
  writers: readonly string[],
  baseUrl: string,
): readonly Resource[] {
  const { job } = node;
  const attempts = attemptsOf(job);
  const url = `${baseUrl}/v1/jobs/${job.id}`;
  const activity = {
    id: jobUrn(job.id),
    type: 'prov:Activity',
    label: job.name,
    seeAlso: url,
    status: job.status,
    created: formatTime(job.requestedAt),
    ...times(job),
    ...omitUndefined({ definitionDigest: job.definitionDigest }),
    ...usage(edgesOf(node), `${url}/request`),
    ...relations(job),
    wasInformedBy: informantsOf(job, writers),
    ...association(job),
    hasPart: attempts.map(({ id }) => id),
  };
  const parameters = {
    id: `${url}/request`,
    type: 'prov:Entity',
    label: 'Parameters',
    ...(node.deletedAt === undefined ? {} : { invalidatedAtTime: formatTime(node.deletedAt) }),
  };
  return [
    withoutEmpty(activity),
    ...attempts,
    parameters,
    principalAgent(job.owner),
    ...(job.service === undefined ? [] : serviceResources(job.service, baseUrl)),
  ];
}

/** The attempts that have started, as activities of the service. */
function attemptsOf(job: Job) {
  const ended = job.endedAttempts.map(({ number, startedAt, finishedAt }) => ({
    number,
    startedAt,
    finishedAt,
  }));
  const isLastEnded = job.attempt === (job.endedAttempts.at(-1)?.number ?? 0);
  const last = isLastEnded
    ? []
    : [{ ...omitUndefined({ number: job.attempt, startedAt: job.startedAt, finishedAt: job.finishedAt }) }];
  return [...ended, ...last].map((attempt) => ({
    id: attemptUrn(job.id, attempt.number),
    type: 'prov:Activity',
    label: `Attempt ${attempt.number}`,
    attempt: attempt.number,
    ...times(attempt),
    ...(job.service === undefined ? {} : { wasAssociatedWith: serviceAgentUrn(job.service.name) }),
  }));
}

function times({ startedAt, finishedAt }: { readonly startedAt?: number; readonly finishedAt?: number }) {
  return {
    ...(startedAt === undefined ? {} : { startedAtTime: formatTime(startedAt) }),
    ...(finishedAt === undefined ? {} : { endedAtTime: formatTime(finishedAt) }),
  };
}

function usage(edges: readonly LineageEdge[], parametersUrl: string) {
  const used = edges.filter(({ relation }) => relation === 'used');
  return {
    used: [...new Set(used.map(({ to }) => dataUrn(to))), parametersUrl],
    qualifiedUsage: used.map(({ to, slot = '' }) => ({
      type: 'prov:Usage',
      entity: dataUrn(to),
      hadRole: slotRole(slot),
    })),
  };
}

function relations({ parentId, dependsOn = [], rerunOf, reusedFrom }: Job) {
  const urns = (ids: ReadonlyArray<string | undefined>) =>
    ids.flatMap((id) => (id === undefined ? [] : jobUrn(id)));
  return {
    subJobOf: urns([parentId]),
    dependsOn: urns(dependsOn),
    rerunOf: urns([rerunOf]),
    reusedFrom: urns([reusedFrom]),
  };
}

/** An activity is informed by another one if it used what that one generated: an output, or the result. */
function informantsOf({ reusedFrom }: Job, writers: readonly string[]): readonly string[] {
  return [...new Set(reusedFrom === undefined ? writers : [...writers, reusedFrom])].map(jobUrn);
}

/** The owner is responsible for the job, and the service carried it out by the plan of its version. */
function association({ owner, service }: Job) {
  const responsible = { agent: principalUrn(owner) };
  const agents =
    service === undefined
      ? [responsible]
      : [
          responsible,
          { agent: serviceAgentUrn(service.name), hadPlan: serviceUrn(service.name, service.version) },
        ];
  return {
    wasAssociatedWith: agents.map(({ agent }) => agent),
    qualifiedAssociation: agents.map((association) => ({ type: 'prov:Association', ...association })),
  };
}

function withoutEmpty(resource: Resource): Resource {
  return Object.fromEntries(
    Object.entries(resource).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  );
}
