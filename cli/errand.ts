/** The program of the command `errand`, which package/errand.js runs on Node.js 24. */
import { enableCompileCache } from 'node:module';
import { compileCache } from '../bin/compile-cache.ts';

enableCompileCache(compileCache);
const { main } = await import('./main.ts');
await main(process.argv.slice(2));
