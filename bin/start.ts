/** `npm start`: runs Errand on this machine until it receives SIGINT or SIGTERM, or npm ends. */
import { enableCompileCache } from 'node:module';
import { compileCache } from './compile-cache.ts';

enableCompileCache(compileCache);
const { run } = await import('./run.ts');
await run();
