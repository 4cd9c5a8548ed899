import { memoryServiceStore } from '../support/memory/memory-service-store.ts';
import { describeServiceStore } from './suites/service-store-suite.ts';

describeServiceStore(memoryServiceStore);
