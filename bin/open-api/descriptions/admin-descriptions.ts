import type { Descriptions } from './describe-members.ts';

/** The members of the bodies and responses of the routes for the operator. */
export const adminMembers = {
  redriveEvents: {
    limit:
      'Maximum number of batches of the call, from 1 to 500; default 100. Batches that were given up in the same second are taken together, even above the limit.',
    dryRun:
      'True reads the batches, and publishes and removes nothing; default false. The response repeats the value.',
    cursor: 'The `nextCursor` of the previous call; absent for the first one.',
    found: 'Number of batches that the call tried to read.',
    published: 'Number of batches that were published completely and removed.',
    failed: 'Number of batches that could not be read or published; what is left of them is kept.',
    unreadable:
      'Number of batches with parts that this release cannot interpret; these parts are kept, and the log of `publish-events` contains the reasons.',
    remaining: 'Number of batches that are kept after the call; at most 10,000 are counted.',
    complete: 'False if a further call is needed: batches follow, or the time of the call ended.',
    nextCursor: 'Cursor of the further call; absent if it starts at the beginning, and after the last batch.',
  },
} as const satisfies Record<string, Descriptions>;
