import { defineService } from 'errand/worker';
import { burnCpu } from './burn-cpu.ts';

/** Keeps a processor busy, as a Lambda function; the responses to its progress reports report an abort. */
export const handler = defineService(burnCpu);
