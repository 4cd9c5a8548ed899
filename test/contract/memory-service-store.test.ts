import { memoryServiceStore } from '../support/memory-service-store.ts';
import { describeServiceStore } from './service-store-suite.ts';

describeServiceStore(memoryServiceStore);
