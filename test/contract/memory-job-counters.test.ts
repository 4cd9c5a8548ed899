import { describe } from 'vitest';
import { memoryJobCounters } from '../support/memory-job-counters.ts';
import { describeJobCounters } from './job-counters-suite.ts';

describe('memoryJobCounters', () => {
  describeJobCounters(async () => memoryJobCounters());
});
