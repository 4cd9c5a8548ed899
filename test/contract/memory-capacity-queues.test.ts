import { memoryCapacityQueues } from '../support/memory-capacity-queues.ts';
import { describeCapacityQueues } from './capacity-queues-suite.ts';

describeCapacityQueues(memoryCapacityQueues);
