import { memoryReusableResults } from '../support/reuse/memory-reusable-results.ts';
import { describeReusableResults } from './suites/reusable-results-suite.ts';

describeReusableResults(memoryReusableResults);
