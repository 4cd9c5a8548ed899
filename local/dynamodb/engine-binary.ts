import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Environment variable with the address of another DynamoDB-compatible server, such as
 * `http://127.0.0.1:8000`.
 */
const endpointVariable = 'ERRAND_DYNAMODB_ENDPOINT';
const alternative = `set ${endpointVariable} to the address of a DynamoDB-compatible server`;

/** An npm package with the engine for one platform. */
interface EnginePackage {
  readonly name: string;
  /** Name of the executable file, at the top of the package. */
  readonly file: string;
}

/**
 * The packages that exist, by `process.platform` and `process.arch`.
 * https://github.com/nubo-db/dynoxide/blob/main/npm/dynoxide/platforms.json
 */
export const enginePackages: Readonly<Record<string, EnginePackage>> = {
  'darwin-arm64': { name: '@dynoxide/darwin-arm64', file: 'dynoxide' },
  'darwin-x64': { name: '@dynoxide/darwin-x64', file: 'dynoxide' },
  'linux-arm64': { name: '@dynoxide/linux-arm64', file: 'dynoxide' },
  'linux-x64': { name: '@dynoxide/linux-x64', file: 'dynoxide' },
  'win32-x64': { name: '@dynoxide/win32-x64', file: 'dynoxide.exe' },
};

/** Returns the path of a file of an installed package; throws if the package is not installed. */
type ResolveFile = (file: string) => string;

/**
 * Returns the path of the DynamoDB engine for a platform such as `linux-x64`. Throws an error with the
 * alternatives if no engine exists for the platform or its package is not installed.
 */
export function engineBinary(
  platform = `${process.platform}-${process.arch}`,
  resolveFile: ResolveFile = createRequire(import.meta.url).resolve,
): string {
  const engine = enginePackages[platform];
  if (engine === undefined)
    throw new Error(
      `No DynamoDB engine exists for ${platform}. Use one of ${Object.keys(enginePackages).join(', ')} ` +
        `(Windows on arm64 also runs Node.js for x64), or ${alternative}.`,
    );
  try {
    return join(dirname(resolveFile(`${engine.name}/package.json`)), engine.file);
  } catch (cause) {
    throw new Error(
      `The package ${engine.name}, which contains the DynamoDB engine, is not installed. ` +
        `Install it with \`npm ci --include=optional\`, or ${alternative}.`,
      { cause },
    );
  }
}
