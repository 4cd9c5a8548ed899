import { describe } from 'vitest';
import { memoryJobLinks } from '../support/memory/memory-job-links.ts';
import { describeJobLinks } from './suites/job-links-suite.ts';

describe('memoryJobLinks', () => {
  describeJobLinks(async () => memoryJobLinks());
});
