import { describe } from 'vitest';
import { memoryJobStore } from '../support/memory-job-store.ts';
import { describeJobStore } from './job-store-suite.ts';

describe('memoryJobStore', () => {
  describeJobStore(async () => memoryJobStore());
});
