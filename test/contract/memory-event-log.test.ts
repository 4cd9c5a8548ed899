import { describe } from 'vitest';
import { memoryEventLog } from '../support/memory/events/memory-event-log.ts';
import { describeEventLog } from './suites/event-log-suite.ts';

describe('memoryEventLog', () => {
  describeEventLog(async () => memoryEventLog());
});
