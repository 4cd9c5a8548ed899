import { describe } from 'vitest';
import { memoryJobCounters } from '../support/memory/memory-job-counters.ts';
import { describeJobCounters } from './suites/job-counters-suite.ts';

describe('memoryJobCounters', () => {
  describeJobCounters(async () => memoryJobCounters());
});
