import { memoryLongPolls } from '../support/memory/memory-long-polls.ts';
import { describeHeldCalls } from './suites/long-polls-suite.ts';

describeHeldCalls(memoryLongPolls);
