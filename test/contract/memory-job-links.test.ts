import { describe } from 'vitest';
import { memoryJobLinks } from '../support/memory-job-links.ts';
import { describeJobLinks } from './job-links-suite.ts';

describe('memoryJobLinks', () => {
  describeJobLinks(async () => memoryJobLinks());
});
