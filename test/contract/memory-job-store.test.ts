import { describe } from 'vitest';
import { memoryJobStore } from '../support/memory/memory-job-store.ts';
import { describeJobStore } from './suites/job-store-suite.ts';

describe('memoryJobStore', () => {
  describeJobStore(async () => memoryJobStore());
});
