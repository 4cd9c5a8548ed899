import { memoryIdempotencyStore } from '../support/memory/memory-idempotency-store.ts';
import { describeIdempotencyStore } from './suites/idempotency-store-suite.ts';

describeIdempotencyStore(memoryIdempotencyStore);
