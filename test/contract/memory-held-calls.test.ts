import { memoryHeldCalls } from '../support/memory-held-calls.ts';
import { describeHeldCalls } from './held-calls-suite.ts';

describeHeldCalls(memoryHeldCalls);
