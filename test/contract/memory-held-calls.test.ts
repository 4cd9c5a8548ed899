import { memoryHeldCalls } from '../support/memory/memory-held-calls.ts';
import { describeHeldCalls } from './suites/held-calls-suite.ts';

describeHeldCalls(memoryHeldCalls);
