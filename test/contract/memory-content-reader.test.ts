import { memoryContentStore } from '../support/memory/memory-content-store.ts';
import { memoryObjectStore } from '../support/memory/memory-object-store.ts';
import { memoryContentReader } from '../support/memory/operations/memory-content-reader.ts';
import { describeContentReader } from './suites/operations/content-reader-suite.ts';

describeContentReader(async () => {
  const objects = memoryObjectStore();
  return { reader: memoryContentReader(objects, memoryContentStore()), put: objects.put };
});
