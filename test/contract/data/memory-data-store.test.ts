import { describe } from 'vitest';
import { memoryDataStore } from '../../support/memory/memory-data-store.ts';
import { describeDataStore } from '../suites/data-store-suite.ts';

describe('memoryDataStore', () => {
  describeDataStore(async () => memoryDataStore());
});
