import { join } from 'node:path';

/**
 * The folder in which Node.js keeps compiled modules, so that a program starts faster the next time. Node.js
 * ignores entries of changed files. https://nodejs.org/api/module.html#module-compile-cache
 */
export const compileCache = join(import.meta.dirname, '..', '.build', 'compile-cache');
