import type { FunctionConfig } from '../function-config.ts';
import { missingPython } from './launch.ts';
import { findPython } from './python-interpreter.ts';

/**
 * Reports once for each version of Python that functions run with another version, or cannot run because no
 * interpreter is installed. Never rejects.
 */
export async function notifyOfPython(
  functions: readonly FunctionConfig[],
  notify: (line: string) => void,
): Promise<void> {
  const versions = new Map<string, string[]>();
  for (const { name, program } of functions)
    if (program.kind === 'python')
      versions.set(program.version, [...(versions.get(program.version) ?? []), name]);
  await Promise.all(
    [...versions].map(async ([version, names]) => {
      const found = await findPython(version);
      if (found === undefined)
        notify(`${missingPython(version)}. Until then, calls of ${names.join(', ')} fail.`);
      else if (found.version !== version)
        notify(
          `Python ${version} is not installed: ${names.join(', ')} ${names.length === 1 ? 'runs' : 'run'} with Python ${found.version} (${found.program}).`,
        );
    }),
  );
}
