import { describe } from 'vitest';
import { memoryRetentionStore } from '../support/memory/memory-retention-store.ts';
import { describeRetentionStore } from './suites/retention-store-suite.ts';

describe('memoryRetentionStore', () => {
  describeRetentionStore(async (tenants) => memoryRetentionStore(tenants));
});
