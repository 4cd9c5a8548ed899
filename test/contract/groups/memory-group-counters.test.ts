import { describe } from 'vitest';
import { memoryGroupCounters } from '../../support/memory/groups/memory-group-counters.ts';
import { describeGroupCounters } from './group-counters-suite.ts';

describe('memoryGroupCounters', () => {
  describeGroupCounters(async () => memoryGroupCounters());
});
