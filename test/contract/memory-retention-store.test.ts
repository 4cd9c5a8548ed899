import { describe } from 'vitest';
import { memoryRetentionStore } from '../support/memory-retention-store.ts';
import { describeRetentionStore } from './retention-store-suite.ts';

describe('memoryRetentionStore', () => {
  describeRetentionStore(async (tenants) => memoryRetentionStore(tenants));
});
