import { existsSync, readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RuntimeError } from './runtime-error.ts';
import { useSourceMap } from './source-maps.ts';

/** An exported function of user code; its signature is checked when it runs. */
export type UserHandler = (...values: readonly unknown[]) => unknown;

/**
 * Loads user code in the order of Lambda's Node.js runtime: `.js` according to the nearest `package.json`
 * inside the code, then `.mjs`, then `.cjs`. Throws the errors of Lambda's runtime:
 * `Runtime.MalformedHandlerName`, `Runtime.ImportModuleError`, `Runtime.UserCodeSyntaxError`,
 * `Runtime.HandlerNotFound`.
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
export async function loadHandler(directory: string, handler: string): Promise<UserHandler> {
  const fileName = basename(handler);
  const dot = fileName.indexOf('.');
  if (dot < 1 || handler.includes('..'))
    throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  const modulePath = resolve(directory, dirname(handler), fileName.slice(0, dot));
  const exported = await loadModule(directory, modulePath).catch(rethrowNamed);
  const found = fileName
    .slice(dot + 1)
    .split('.')
    .reduce<unknown>((value, key) => (isIndexable(value) ? value[key] : undefined), exported);
  if (!found) throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (!isHandler(found)) throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  return found;
}

async function loadModule(directory: string, modulePath: string): Promise<unknown> {
  const isModulePackage = packageIsModule(dirname(modulePath), directory);
  if (!isModulePackage) keepScriptsCommonJs(directory);
  const candidates = [
    { path: `${modulePath}.js`, isModule: isModulePackage },
    { path: `${modulePath}.mjs`, isModule: true },
    { path: `${modulePath}.cjs`, isModule: false },
  ];
  const found = candidates.find(({ path }) => existsSync(path));
  const require = createRequire(join(directory, 'index.js'));
  if (found === undefined) return require(basename(modulePath));
  useSourceMap(found.path);
  return found.isModule ? import(pathToFileURL(found.path).href) : require(found.path);
}

/** Searches no folder above the code, because in Lambda the code is at the top. */
function packageIsModule(folder: string, directory: string): boolean {
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isIndexable(parsed) && parsed['type'] === 'module';
  }
  return folder === directory || !folder.startsWith(directory)
    ? false
    : packageIsModule(dirname(folder), directory);
}

/** Otherwise a `package.json` of the project around the assets would turn plain scripts into modules. */
function keepScriptsCommonJs(directory: string): void {
  const prefix = pathToFileURL(directory + sep).href;
  registerHooks({
    load: (url, context, nextLoad) => {
      const inside = url.startsWith(prefix) && url.endsWith('.js') && !url.includes('/node_modules/');
      return nextLoad(url, inside ? { ...context, format: 'commonjs' } : context);
    },
  });
}

function rethrowNamed(error: unknown): never {
  if (error instanceof SyntaxError) {
    throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error), { cause: error });
  }
  if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') {
    throw new RuntimeError('Runtime.ImportModuleError', String(error), { cause: error });
  }
  throw error;
}

function isIndexable(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function isHandler(value: unknown): value is UserHandler {
  return typeof value === 'function';
}
