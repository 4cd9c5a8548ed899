/** Keeps a processor busy, as the program of an AWS Batch container. */
import { runBatchJob } from '../../worker/index.ts';
import { burnCpu } from './burn-cpu.ts';

await runBatchJob(burnCpu);
