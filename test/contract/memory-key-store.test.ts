import { memoryKeyStore } from '../support/memory-key-store.ts';
import { describeKeyStore } from './key-store-suite.ts';

describeKeyStore(memoryKeyStore);
