import type { Descriptions } from './describe-members.ts';

/** The members of a lineage. */
export const lineageMembers = {
  root: 'ID of the requested job or data object.',
  nodes: {
    text: 'The jobs and data objects, at most 1,000: the requested one first, then by distance from it.',
    members: {
      id: 'ID of the job or the data object.',
      kind: '`job` or `data`.',
      name: 'Name of the job or the data object.',
      status: 'State of the job, or status of the data object; the last one if it was deleted.',
      service: {
        text: 'Service version of the job; absent for a data object, and for a draft without a service.',
        members: { name: 'Name of the service.', version: 'Semantic version of the service.' },
      },
      createdAt: 'Time of the submission or creation, RFC 3339 in UTC with milliseconds.',
      deleted: 'True if it was deleted; otherwise absent.',
    },
  },
  edges: {
    text: 'All relations between these nodes.',
    members: {
      from: 'ID of the newer node, of which the relation is a property.',
      to: 'ID of the older node.',
      relation:
        'A job `used` data, is a sub-job (`subJobOf`), a rerun (`rerunOf`) or a dependent (`dependsOn`) of a job, or has its result (`reusedFrom`); data was `generated` by a job.',
      slot: 'Slot of the data object; only with `used` and `generated`.',
      attempt: 'Number of the attempt that wrote the data object; only with `generated`.',
    },
  },
  truncated:
    'True if there are more nodes within the depth: more than 1,000, or more than could be read in five seconds.',
} as const satisfies Descriptions;

/** The members of a lineage as JSON-LD. */
export const provMembers = {
  '@context': 'The meaning of the terms: those of PROV-O, of Dublin Core, and of Errand.',
  '@graph': 'The entities, activities, agents and plans.',
} as const satisfies Descriptions;
