import { describe } from 'vitest';
import { memoryUnpublishedChanges } from '../../support/memory/events/memory-unpublished-changes.ts';
import { describeUnpublishedChanges } from './unpublished-changes-suite.ts';

describe('memoryUnpublishedChanges', () => {
  describeUnpublishedChanges(async () => {
    const unpublished = memoryUnpublishedChanges();
    return {
      unpublished,
      keep: async (second, { changes, unreadableParts = 0 }) =>
        unpublished.keep({
          group: `second ${second}`,
          changes,
          unreadable: Array.from({ length: unreadableParts }, () => 'of another layout'),
        }),
    };
  });
});
