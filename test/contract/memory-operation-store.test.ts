import { memoryOperationStore } from '../support/memory/operations/memory-operation-store.ts';
import { describeOperationStore } from './suites/operation-store-suite.ts';

describeOperationStore(async () => memoryOperationStore());
