import { describe } from 'vitest';
import { memorySlowCallSlots } from '../../support/webhooks/memory-slow-call-slots.ts';
import { describeSlowCallSlots } from './slow-call-slots-suite.ts';

describe('memorySlowCallSlots', () => describeSlowCallSlots(async () => memorySlowCallSlots()));
