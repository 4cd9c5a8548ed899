import { memoryIdempotencyStore } from '../support/memory-idempotency-store.ts';
import { describeIdempotencyStore } from './idempotency-store-suite.ts';

describeIdempotencyStore(memoryIdempotencyStore);
