import { memoryKeyStore } from '../support/memory/memory-key-store.ts';
import { describeKeyStore } from './suites/key-store-suite.ts';

describeKeyStore(memoryKeyStore);
