import { memoryCapacityQueues } from '../support/memory/memory-capacity-queues.ts';
import { describeCapacityQueues } from './suites/capacity-queues-suite.ts';

describeCapacityQueues(memoryCapacityQueues);
