/** Keeps a processor busy, as the program of an AWS Batch container. */
import { runBatchJob } from 'errand/worker';
import { burnCpu } from './burn-cpu.ts';

await runBatchJob(burnCpu);
