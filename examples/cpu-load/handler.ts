import { defineService } from 'errand/worker';
import { burnCpu } from './burn-cpu.ts';

/** Keeps a processor busy, as a Lambda function; it hears an abort with the answers to its progress. */
export const handler = defineService(burnCpu);
