import { memoryLongPolls } from '../support/memory/memory-long-polls.ts';
import { describeLongPolls } from './suites/long-polls-suite.ts';

describeLongPolls(memoryLongPolls);
