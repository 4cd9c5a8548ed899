/** `npm run demo`: runs jobs of three kinds on a local Errand, and shows what a caller sees of them. */
import { enableCompileCache } from 'node:module';
import { compileCache } from './compile-cache.ts';
import { createScreen } from './terminal/screen.ts';
import { stepOn } from './terminal/step.ts';

enableCompileCache(compileCache);
// Loading takes some seconds the first time.
const { runDemo } = await stepOn(createScreen())('Loading Errand', () => import('./demo/run-demo.ts'));
await runDemo();
