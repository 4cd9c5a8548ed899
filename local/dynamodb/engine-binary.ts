import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Environment variable with the address of another DynamoDB-compatible server, such as
 * `http://127.0.0.1:8000`.
 */
const endpointVariable = 'ERRAND_DYNAMODB_ENDPOINT';

/**
 * Returns the path of the DynamoDB engine for this platform, which is an optional package. Throws an error
 * with an alternative if the package is not installed.
 */
export function engineBinary(platform = `${process.platform}-${process.arch}`): string {
  const packageName = `@dynoxide/${platform}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
    return join(dirname(manifest), 'dynoxide');
  } catch (cause) {
    throw new Error(
      `The package ${packageName} is not installed, so no DynamoDB engine can be started here. ` +
        `Start any DynamoDB-compatible server and set ${endpointVariable} to its address.`,
      { cause },
    );
  }
}
